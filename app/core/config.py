"""The process settings. The one place that reads the environment.

A setting is taken from the first place that has it: the command line, the environment, `.env` in
the working folder, Docker secrets (one file a setting in /run/secrets), the default.
"""

import ipaddress
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.core.errors import ConfigurationError
from app.core.problems import describe, unknown
from app.core.variables import (
    Place,
    Variables,
    dotenv_place,
    environment_place,
    secrets_place,
)
from app.utils.nearest import nearest

PREFIX: Final = "METERHOUSE_"
DEFAULT_SECRETS_DIR: Final = Path("/run/secrets")
_TOLERATED: Final = frozenset({"METERHOUSE_KEY"})  # the variable that callers keep their key in
_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]+")


def _commas(value: object) -> object:
    """Read `a, b` as a list, the way people write one in a variable."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _header_safe(value: SecretStr) -> SecretStr:
    if not _VISIBLE_ASCII.fullmatch(value.get_secret_value()):
        raise ValueError("must be visible ASCII characters without spaces")
    return value


def _not_foreign(value: SecretStr) -> SecretStr:
    if value.get_secret_value().startswith(("hf_", "sk-")):
        raise ValueError("must not begin with hf_ or sk-: such bearers are refused as foreign keys")
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise ValueError(
            f"must be IP addresses or networks like 10.0.0.0/8, not {value!r}"
        ) from None
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or value != f"{parts.scheme}://{parts.netloc}":
        raise ValueError(f"must be origins like https://app.example.com, not {value!r}")
    return value


def _host_name(value: str) -> str:
    if not re.fullmatch(r"(\*\.)?[A-Za-z0-9.-]+|\*|\[?[0-9A-Fa-f:.]+\]?", value):
        raise ValueError(f"must be host names like gateway.example.com, not {value!r}")
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be a URL like https://gateway.example.com")
    return value.rstrip("/")


HeaderSecret = Annotated[SecretStr, AfterValidator(_header_safe)]
AdminKey = Annotated[HeaderSecret, Field(min_length=24), AfterValidator(_not_foreign)]
Pepper = Annotated[SecretStr, Field(min_length=32)]


class Settings(BaseSettings):
    """The process settings. Made directly, it takes what it is given and reads nothing."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
    )

    host: Annotated[str, Field(min_length=1, description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    ] = 8000
    data_dir: Annotated[
        Path, Field(description="Folder of the database, the pepper and the marker files.")
    ] = Path("data")
    config_file: Annotated[
        Path | None,
        Field(description="The gateway file; without it, meterhouse.toml if there is one."),
    ] = None
    secrets_dir: Annotated[
        Path, Field(description="Folder of Docker secrets, one file a setting.")
    ] = DEFAULT_SECRETS_DIR
    admin_key: Annotated[
        AdminKey | None,
        Field(description="A bootstrap admin credential, 24 characters or more."),
    ] = None
    hf_token: Annotated[
        HeaderSecret | None,
        Field(validation_alias="HF_TOKEN", description="The Hugging Face token (no prefix)."),
    ] = None
    key_pepper: Annotated[
        Pepper | None,
        Field(
            description="Pepper of the key digests, 32 characters or more; without it, one is made"
            " at first start in secret.key of the data folder.",
        ),
    ] = None
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(_lower),
        Field(description="How much is logged."),
    ] = "info"
    log_format: Annotated[
        Literal["auto", "terminal", "json"],
        BeforeValidator(_lower),
        Field(description="Form of the log; auto is readable on a terminal, JSON otherwise."),
    ] = "auto"
    public_url: Annotated[
        Annotated[str, AfterValidator(_public_url)] | None,
        Field(description="Where people reach the gateway, behind a proxy for example."),
    ] = None
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_network)], ...],
        NoDecode,
        BeforeValidator(_commas),
        Field(description="Addresses or networks whose X-Forwarded headers are believed."),
    ] = ()
    trusted_hosts: Annotated[
        tuple[Annotated[str, AfterValidator(_host_name)], ...],
        NoDecode,
        BeforeValidator(_commas),
        Field(description="Host names that are answered to; empty answers to any."),
    ] = ()
    cors_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_origin)], ...],
        NoDecode,
        BeforeValidator(_commas),
        Field(description="Origins whose pages may call the API; empty turns CORS off."),
    ] = ()
    max_body_bytes: Annotated[
        int, Field(ge=1024, description="Largest request body that is accepted.")
    ] = 10 * 1024 * 1024
    client_stall_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=3_600,
            description="How long a client may send nothing of its request, or read nothing of its"
            " answer.",
        ),
    ] = 60.0
    keepalive_seconds: Annotated[
        float,
        Field(
            gt=0,
            le=3_600,
            description="After how long without an event a stream gets a comment.",
        ),
    ] = 15.0
    max_calls: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            description="How many calls run at once; as many others wait for 2 s at most.",
        ),
    ] = 1_000
    drain_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=3_600,
            description="How long running answers may go on after SIGTERM or Ctrl-C.",
        ),
    ] = 30.0
    ledger_retention_days: Annotated[
        int | None,
        Field(
            ge=1,
            le=36_500,
            description="After how many days single entries are deleted; empty keeps them.",
        ),
    ] = None

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - the signature is pydantic's
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what the constructor was given; `get_settings` adds the places to read."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


class _PlaceSource(EnvSettingsSource):
    """Feeds the values of one place to the settings."""

    def __init__(self, place: Place, names: list[str]) -> None:
        self._found = {name.lower(): value for name in names if (value := place.get(name))}
        super().__init__(Settings)

    def _load_env_vars(self) -> dict[str, str | None]:
        return dict(self._found)


def variable_name(field: str) -> str:
    """Return the environment variable of a setting."""
    return "HF_TOKEN" if field == "hf_token" else f"{PREFIX}{field.upper()}"


def read_variables(secrets_dir: Path | None = None) -> Variables:
    """Read every place that may hold a named value, the strongest first.

    Args:
        secrets_dir: Folder of Docker secrets; None asks the environment and `.env` where it is.

    Raises:
        ConfigurationError: a place cannot be read.
    """
    first = (environment_place(os.environ), dotenv_place())
    folder = secrets_dir if secrets_dir is not None else _secrets_dir(Variables(first))
    return Variables((*first, secrets_place(folder)))


def get_settings(**overrides: Any) -> Settings:
    """Read the settings; only main and the command line call this.

    Args:
        overrides: Settings given on the command line, by field name; None means not given.

    Raises:
        ConfigurationError: a name is unknown, a value is bad or a file cannot be read.
    """
    given = {field: value for field, value in overrides.items() if value is not None}
    variables = read_variables()
    problems = list(_unknown_names(variables))
    names = [variable_name(field) for field in Settings.model_fields]
    sources = [_PlaceSource(place, names) for place in variables.places]
    try:
        settings = Settings(**_from(InitSettingsSource(Settings, given), *sources))
    except ValidationError as error:
        raise ConfigurationError(*problems, *_bad_values(error, variables, given)) from None
    if problems:
        raise ConfigurationError(*problems)
    return settings


def origin_of(field: str, variables: Variables) -> str:
    """Return the label of the place that a setting comes from."""
    name = variable_name(field)
    return next((place.label for place in variables.places if place.get(name)), "default")


def hugging_face_login() -> Path | None:
    """Return the file in which `hf auth login` left a token on this machine, if it did.

    It is looked for and never read: whoever wants to use it says so.
    """
    named, home = os.environ.get("HF_TOKEN_PATH"), os.environ.get("HF_HOME")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    path = Path(named) if named else Path(home or cache / "huggingface") / "token"
    try:
        return path if path.is_file() else None
    except OSError:
        return None


def _from(*sources: PydanticBaseSettingsSource) -> dict[str, Any]:
    # Public in pydantic-settings, but named as if it were private, so a type checker hides it.
    return {"_build_sources": (sources, {})}


def _secrets_dir(variables: Variables) -> Path:
    name = variable_name("secrets_dir")
    chosen = variables.get(name)
    if chosen is None:
        return DEFAULT_SECRETS_DIR
    if not Path(chosen).is_dir():
        raise ConfigurationError(f"{variables.where(name)}: no such folder: {chosen}")
    return Path(chosen)


def _unknown_names(variables: Variables) -> Iterator[str]:
    known = {variable_name(field) for field in Settings.model_fields}
    by_short_name = {name.removeprefix(PREFIX): name for name in known}
    for place in variables.places:
        accepted = known | {name.lower() for name in known} if place.is_folder else known
        for name in place.values:
            if name.upper().startswith(PREFIX) and name not in accepted | _TOLERATED:
                meant = nearest(name.upper().removeprefix(PREFIX), by_short_name)
                problem = unknown("setting", known, by_short_name.get(meant or ""))
                yield f"{place.named(name)}: {problem}"


def _bad_values(
    error: ValidationError, variables: Variables, overrides: dict[str, object]
) -> Iterator[str]:
    for one in error.errors(include_url=False):
        field = str(one["loc"][0])
        name = field if field == "HF_TOKEN" else variable_name(field)
        given = f"command line: --{field}" if field in overrides else variables.where(name)
        yield f"{given}: {describe(one)}"
