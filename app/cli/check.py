"""`meterhouse check`: is the configuration good, and what does it come to."""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

import typer
from pydantic import BaseModel, SecretStr

from app.cli.answers import choose_answers
from app.cli.listener import is_loopback
from app.cli.options import ConfigOption, DataOption
from app.cli.settings import read_settings
from app.core.config import Settings, origin_of, read_variables, variable_name
from app.core.gateway_file import GatewayConfig, gateway_path
from app.db import schema

commands = typer.Typer()

_HIDDEN: Final = "(set, hidden)"


@commands.command("check")
def check(*, data: DataOption = None, config: ConfigOption = None) -> None:
    """Check settings and gateway file, and print what they come to, without secrets."""
    settings = read_settings(data_dir=data, config_file=config)
    answers = choose_answers(settings, simulate=False, is_loopback=is_loopback(settings.host))
    given = {"data_dir": data, "config_file": config}
    lines = [
        "# Settings, and where each comes from",
        *_setting_lines(settings, {field for field, value in given.items() if value}),
        "",
        f"# Gateway: {gateway_path(settings) or 'no file'}",
        *_gateway_lines(answers.gateway),
        "",
        "# Answers from: " + ("the built-in simulator" if answers.is_simulated else "upstreams"),
        f"# Database schema: {schema.current(settings.data_dir) or 'made at the first start'}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _setting_lines(settings: Settings, given: set[str]) -> Iterator[str]:
    variables = read_variables(settings.secrets_dir)
    for field in Settings.model_fields:
        origin = "command line" if field in given else origin_of(field, variables)
        yield f"{variable_name(field)}={_plain(getattr(settings, field))}  # {origin}"


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return _HIDDEN
        case tuple():
            return ",".join(cast("tuple[str, ...]", value))
        case _:
            return str(value)


def _gateway_lines(gateway: GatewayConfig) -> Iterator[str]:
    if gateway.default_model is not None:
        yield f"default_model = {json.dumps(gateway.default_model)}"
    for group in ("upstreams", "models"):
        for name, table in cast("Mapping[str, BaseModel]", getattr(gateway, group)).items():
            yield f"[{group}.{name if name.isidentifier() else json.dumps(name)}]"
            yield from (f"{field} = {_toml(value)}" for field, value in _said(table.model_dump()))
    for price in gateway.prices:
        yield "[[prices]]"
        yield from (f"{field} = {_toml(value)}" for field, value in _said(price.model_dump()))


def _said(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((field, value) for field, value in table.items() if value is not None)


def _toml(value: Any) -> str:
    match value:
        case SecretStr():
            return json.dumps(_HIDDEN)
        case Mapping():
            pairs = _said(cast("Mapping[str, Any]", value))
            return "{ " + ", ".join(f"{name} = {_toml(one)}" for name, one in pairs) + " }"
        case list():
            return "[" + ", ".join(_toml(one) for one in cast("list[Any]", value)) + "]"
        case Decimal() | datetime():
            return format(value, "f" if isinstance(value, Decimal) else "")
        case _:
            return json.dumps(value)
