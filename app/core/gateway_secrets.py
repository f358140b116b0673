"""Puts the secrets that `meterhouse.toml` refers to in the place of the references."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from pydantic import SecretStr

from app.core.errors import ConfigurationError
from app.core.variables import Variables, read_secret_file

_FORM: Final = 'must be { env = "NAME" } or { file = "/run/secrets/name" }'
_VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]+")


def resolve_tokens(upstreams: object, variables: Variables, folder: Path) -> list[str]:
    """Replace references to tokens by their secrets, in place, and return what went wrong.

    Args:
        upstreams: The table of that name, as it was read; anything else is left alone.
        variables: Where `{ env = ... }` is looked up.
        folder: What a relative `{ file = ... }` is relative to.
    """
    problems: list[str] = []

    def resolve(reference: object, upstream: str, field: str) -> SecretStr | None:
        try:
            return SecretStr(_secret(reference, upstream, variables, folder))
        except ConfigurationError as error:
            problems.extend(f"upstreams.{upstream}.{field}: {line}" for line in error.problems)
            return None

    for name, table in _tables(upstreams):
        if "token" in table and (secret := resolve(table.pop("token"), name, "token")):
            table["token"] = secret
        if isinstance(table.get("tokens"), list):
            found = [
                resolve(reference, name, f"tokens[{index}]")
                for index, reference in enumerate(cast("list[object]", table["tokens"]))
            ]
            table["tokens"] = [secret for secret in found if secret]
    return problems


def _tables(upstreams: object) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(upstreams, dict):
        for name, table in cast("dict[str, object]", upstreams).items():
            if isinstance(table, dict):
                yield name, cast("dict[str, Any]", table)


def _secret(reference: object, upstream: str, variables: Variables, folder: Path) -> str:
    if isinstance(reference, str):
        name = re.sub(r"[^A-Z0-9]", "_", upstream.upper()) + "_TOKEN"
        raise ConfigurationError(
            f'a secret must not stand in this file; write token = {{ env = "{name}" }} and set'
            f' {name} in .env, or token = {{ file = "/run/secrets/{name.lower()}" }}'
        )
    if not isinstance(reference, dict) or len(cast("dict[str, object]", reference)) != 1:
        raise ConfigurationError(_FORM)
    match cast("dict[str, object]", reference):
        case {"env": str(name)}:
            secret, source = variables.get(name), name
        case {"file": str(path)}:
            secret, source = read_secret_file(folder / path), path
        case _:
            raise ConfigurationError(_FORM)
    return _checked(secret, source, variables)


def _checked(secret: str | None, source: str, variables: Variables) -> str:
    if not secret:
        looked = ", ".join(place.label for place in variables.places)
        raise ConfigurationError(f"{source} is not set or empty (looked in {looked})")
    if not _VISIBLE_ASCII.fullmatch(secret):
        raise ConfigurationError(
            f"the value of {source} has spaces, line breaks or non-ASCII signs"
        )
    return secret
