"""What a start says once the server answers: who answers, the admin key, a line to try."""

import asyncio
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog

from app.api.v1.schemas.keys import KeyIssued, KeyList
from app.cli.banner import (
    AdminKey,
    FreshKey,
    key_line,
    open_line,
    opening_lines,
    trouble_lines,
    try_it_lines,
)
from app.cli.listener import is_loopback
from app.cli.operator import OperatorApi
from app.cli.people import require_admin
from app.cli.private_file import write_private
from app.cli.sign_in import new_sign_in_link
from app.cli.try_model import NoModel, find_model
from app.core.config import Settings, hugging_face_login
from app.core.errors import AppError
from app.core.gateway_file import GatewayConfig
from app.services.principals import Scope

_FIRST_KEY: Final[Mapping[str, Any]] = {"name": "first admin key", "scopes": sorted(Scope)}
_KEY_FILE: Final = "first-admin-key"

_log: Final = structlog.stdlib.get_logger(__name__)


async def greet(settings: Settings, gateway: GatewayConfig, url: str, api: OperatorApi) -> None:
    """Print the banner. What needs an upstream comes last, a few seconds later at most."""
    _print(opening_lines(url, settings.data_dir, gateway, hugging_face_login()))
    try:
        key = await _admin_key(settings, api)
    except AppError as error:
        _log.error("first_admin_key_not_made", reason=error.message)
        return
    if is_loopback(settings.host):
        await _print_link(api)
    _print([key_line(key)])
    model = await find_model(gateway)
    if isinstance(model, NoModel):
        _print(trouble_lines(model.reason, model.way_out))
    else:
        _print(try_it_lines(url, key, model))


async def _print_link(api: OperatorApi) -> None:
    """Print a link to the pages. It is short-lived, so it may lie in a log of this machine."""
    try:
        _print([open_line(await new_sign_in_link(api))])
    except AppError as error:
        _log.error("sign_in_link_not_made", reason=error.message)


async def _admin_key(settings: Settings, api: OperatorApi) -> FreshKey | AdminKey:
    """Return how to get at an admin key; where none was ever made, make the first."""
    if settings.admin_key is not None:
        return AdminKey.CHOSEN
    if KeyList.model_validate(await api.request("GET", "keys", params={"limit": 1})).data:
        return AdminKey.KEPT
    wanted = {**_FIRST_KEY, "user_id": (await require_admin(api)).id}
    issued = KeyIssued.model_validate(await api.request("POST", "keys", json=wanted))
    secret = issued.secret.get_secret_value()
    if sys.stdout.isatty():
        return FreshKey(secret, None)
    path = settings.data_dir.absolute() / _KEY_FILE
    await asyncio.to_thread(write_private, path, f"{secret}\n")
    return FreshKey(secret, path)


def _print(lines: Iterable[str]) -> None:
    """Write whole lines at once, unwrapped: one of them is to be pasted."""
    with suppress(OSError, ValueError):  # nobody reads it: no reason to stop serving
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()
