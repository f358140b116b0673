"""`meterhouse.toml`: the upstreams, their models, what those cost, and which is the default."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PositiveInt,
    SecretStr,
    ValidationError,
    model_validator,
)

from app.core.config import Settings, read_variables
from app.core.errors import ConfigurationError
from app.core.gateway_models import (
    ModelConfig,
    TargetConfig,
    TargetTimeouts,
    TimeoutConfig,
    price_of,
)
from app.core.gateway_prices import PriceConfig, PriceTerms, check_free, overlaps
from app.core.gateway_secrets import resolve_tokens
from app.core.gateway_table import STRICT
from app.core.gateway_text import (
    check_base_url,
    check_header_name,
    check_header_value,
    check_model_name,
    check_public_header_name,
    check_scheme,
    check_upstream_name,
)
from app.core.problems import Location, dotted, lines_of, unknown
from app.core.variables import cannot_read
from app.utils.nearest import nearest

DEFAULT_FILE: Final = Path("meterhouse.toml")
HUGGINGFACE_URL: Final = "https://router.huggingface.co/v1"
_OPENAI_HOST: Final = "api.openai.com"


UpstreamKind = Literal["huggingface", "openai", "tei"]
HeaderValue = Annotated[str, AfterValidator(check_header_value)]


class _Strict(BaseModel):
    model_config = STRICT


class UpstreamConfig(_Strict):
    """A place that can answer, and how it wants to be asked."""

    kind: Annotated[
        UpstreamKind,
        Field(description='"openai": any compatible server; "tei": Text Embeddings Inference.'),
    ]
    base_url: Annotated[
        str,
        AfterValidator(check_base_url),
        Field(description="URL up to, not including, /chat/completions or /embed."),
    ]
    token: Annotated[
        SecretStr | None, Field(description='{ env = "NAME" } or { file = "/path" }.')
    ] = None
    tokens: Annotated[
        list[SecretStr],
        Field(description="Several instead of one: calls are spread, and one may fail."),
    ] = []
    max_parallel: Annotated[
        PositiveInt | None,
        Field(description="Calls that it gets at once; as many may wait, for 2 seconds."),
    ] = None
    auth_header: Annotated[
        str, AfterValidator(check_header_name), Field(description="Header that carries the token.")
    ] = "Authorization"
    auth_scheme: Annotated[
        str,
        AfterValidator(check_scheme),
        Field(description='Word before the token; "" sends it bare.'),
    ] = "Bearer"
    query: Annotated[dict[str, str], Field(description="Parameters added to every URL.")] = {}
    headers: Annotated[
        dict[Annotated[str, AfterValidator(check_public_header_name)], HeaderValue],
        Field(description="Headers added to every request, over the gateway's own."),
    ] = {}
    bill_to: Annotated[
        HeaderValue | None,
        Field(description="Organisation that Hugging Face bills (X-HF-Bill-To)."),
    ] = None
    price: Annotated[
        int | None, BeforeValidator(check_free), Field(description="0: everything there is free.")
    ] = None
    output_cap: Annotated[
        Literal["max_tokens", "max_completion_tokens"],
        Field(description="Field in which it takes the cap of an answer; OpenAI: the second."),
    ] = "max_tokens"
    timeouts: Annotated[TimeoutConfig, Field(description="See the table of its own.")] = (
        TimeoutConfig()
    )
    simulated: Annotated[
        bool, Field(description="Its answers are made up; /ready then says so.")
    ] = False

    @model_validator(mode="before")
    @classmethod
    def _know_the_famous(cls, table: Any) -> Any:
        if not isinstance(table, dict):
            return table
        config = cast("dict[str, Any]", table)
        if config.get("kind") == "huggingface":
            return {"base_url": HUGGINGFACE_URL, **config}
        if urlsplit(str(config.get("base_url"))).hostname == _OPENAI_HOST:
            return {"output_cap": "max_completion_tokens", **config}
        return config

    @property
    def credentials(self) -> Mapping[str, SecretStr | None]:
        """Return its tokens by their numbers, from "1" on; the only one may be none."""
        tokens = self.tokens or [self.token]
        return {str(number): token for number, token in enumerate(tokens, 1)}


class GatewayConfig(_Strict):
    """Everything the gateway file says, with its secrets resolved."""

    default_model: Annotated[
        str | None,
        Field(description="Model of calls that name none: a model, or upstream/model."),
    ] = None
    upstreams: Annotated[
        dict[Annotated[str, AfterValidator(check_upstream_name)], UpstreamConfig],
        Field(description="The places that can answer, by name."),
    ] = {}
    models: Annotated[
        dict[Annotated[str, AfterValidator(check_model_name)], ModelConfig],
        Field(description="The model names that callers may use besides the upstreams' own."),
    ] = {}
    prices: Annotated[list[PriceConfig], Field(description="What models cost.")] = []

    @property
    def all_prices(self) -> Mapping[str, PriceConfig]:
        """Return every price by the field that says it: the list's first, then those of targets.

        What two models say alike of one target is one price.
        """
        listed = {f"prices[{index}]": price for index, price in enumerate(self.prices)}
        at_targets = {
            price: f"models.{name}.targets[{index}].price"
            for name, model in self.models.items()
            for index, target in enumerate(model.targets)
            if (price := price_of(target)) is not None
        }
        return {**listed, **{field: price for price, field in at_targets.items()}}


def gateway_path(settings: Settings) -> Path | None:
    """Return the gateway file that is in force, or None where there is none."""
    if settings.config_file is not None:
        return settings.config_file
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def load_gateway(settings: Settings) -> GatewayConfig:
    """Return the upstreams and models of the gateway file, or what stands in for it.

    A file that names no upstream, or none at all, gives the Hugging Face upstream where `HF_TOKEN`
    is set, and no upstream otherwise.

    Raises:
        ConfigurationError: the file cannot be read or says something that makes no sense.
    """
    path = gateway_path(settings)
    document = {} if path is None else _read(path)
    problems: list[str] = []
    if not document.get("upstreams"):
        document["upstreams"] = _fallback(settings)
    elif path is not None:
        variables = read_variables(settings.secrets_dir)
        problems = resolve_tokens(document["upstreams"], variables, path.parent)
    return _validated(document, problems, str(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {cannot_read(error)}") from None


def _fallback(settings: Settings) -> dict[str, object]:
    if settings.hf_token is None:
        return {}
    return {
        "huggingface": {
            "kind": "huggingface",
            "base_url": HUGGINGFACE_URL,
            "token": settings.hf_token,
        }
    }


def _validated(document: dict[str, Any], problems: list[str], file: str) -> GatewayConfig:
    try:
        config = GatewayConfig.model_validate(document)
    except ValidationError as error:
        problems += lines_of(error, name=_field, known=_known)
        raise _refusal(file, problems) from None
    problems += _contradictions(config)
    if problems:
        raise _refusal(file, problems)
    return config


def _refusal(file: str, problems: list[str]) -> ConfigurationError:
    return ConfigurationError(*(f"{file}: {line}" for line in problems))


def _contradictions(config: GatewayConfig) -> Iterator[str]:
    yield from _upstream_contradictions(config)
    for name, model in config.models.items():
        for index, target in enumerate(model.targets):
            if target.upstream not in config.upstreams:
                field = f"models.{name}.targets[{index}].upstream"
                yield f"{field}: {_unknown_upstream(target.upstream, config)}"
    yield from _price_contradictions(config)
    if config.default_model is not None and not _is_resolvable(config.default_model, config):
        known = [*config.models, *(f"{name}/..." for name in config.upstreams)]
        meant = nearest(config.default_model, known)
        yield f"default_model: {unknown('model', known, meant)}"


def _upstream_contradictions(config: GatewayConfig) -> Iterator[str]:
    for name, upstream in config.upstreams.items():
        host = urlsplit(upstream.base_url).hostname
        if host == urlsplit(HUGGINGFACE_URL).hostname and not (upstream.token or upstream.tokens):
            yield f'upstreams.{name}.token: is missing; write token = {{ env = "HF_TOKEN" }}'
        if upstream.tokens and upstream.token is not None:
            yield f"upstreams.{name}.tokens: stands beside token; leave one of them"
        if upstream.bill_to is not None and upstream.kind != "huggingface":
            yield f'upstreams.{name}.bill_to: needs kind = "huggingface"'


def _price_contradictions(config: GatewayConfig) -> Iterator[str]:
    for index, price in enumerate(config.prices):
        if price.upstream is not None and price.upstream not in config.upstreams:
            yield f"prices[{index}].upstream: {_unknown_upstream(price.upstream, config)}"
    yield from overlaps(config.all_prices)


def _unknown_upstream(name: str, config: GatewayConfig) -> str:
    if not config.upstreams:
        return f"unknown upstream; add [upstreams.{name}] or set HF_TOKEN"
    return unknown("upstream", config.upstreams, nearest(name, config.upstreams))


def _is_resolvable(model: str, config: GatewayConfig) -> bool:
    upstream, slash, rest = model.partition("/")
    if model in config.models or (upstream in config.upstreams and slash and rest):
        return True
    kinds = [one.kind for one in config.upstreams.values()]
    return "huggingface" in kinds or len(kinds) == 1


_TABLES: Final[dict[tuple[str, ...], type[BaseModel]]] = {
    (): GatewayConfig,
    ("upstreams",): UpstreamConfig,
    ("upstreams", "timeouts"): TimeoutConfig,
    ("models",): ModelConfig,
    ("models", "targets"): TargetConfig,
    ("models", "targets", "price"): PriceTerms,
    ("models", "targets", "timeouts"): TargetTimeouts,
    ("prices",): PriceConfig,
}


def _field(location: Location) -> str:
    return dotted(tuple(part for part in location if part != "[key]"))


def _known(location: Location) -> list[str]:
    """Return the fields of the table at a location such as ("upstreams", "ollama")."""
    words = tuple(str(part) for index, part in enumerate(location) if index % 2 == 0)
    return list(_TABLES[words].model_fields) if words in _TABLES else []
