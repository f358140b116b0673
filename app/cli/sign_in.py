"""`meterhouse sign-in-link`: the way in for whoever has no password, or has lost it."""

import asyncio
import sys
from typing import Annotated

import typer

from app.api.v1.schemas.sign_in_links import SignInLinkIssued
from app.cli.operator import OperatorApi, find_server, open_operator_api
from app.cli.options import DataOption
from app.cli.people import find_user, require_admin
from app.cli.settings import read_quiet_settings
from app.core.errors import ConfigurationError

commands = typer.Typer()


@commands.command("sign-in-link")
def print_sign_in_link(
    user: Annotated[
        str | None,
        typer.Argument(metavar="EMAIL|ID", help="Whom it signs in; the first admin otherwise."),
    ] = None,
    *,
    data: DataOption = None,
) -> None:
    """Print a link that signs somebody in, once and within 15 minutes."""
    settings = read_quiet_settings(data_dir=data)
    server = find_server(settings.data_dir)
    if server is None:
        raise ConfigurationError(
            f"No server runs on {settings.data_dir}, and a link is only good for the one that made "
            "it. Start it with `meterhouse serve`, and try again."
        )

    async def work() -> str:
        async with open_operator_api(server.url, server.operator_secret) as api:
            return await new_sign_in_link(api, user)

    link = asyncio.run(work())
    sys.stdout.write(f"{link}\n")
    sys.stderr.write("It works once, within 15 minutes.\n")


async def new_sign_in_link(api: OperatorApi, user: str | None = None) -> str:
    """Return a link that signs in a user: the first admin where none is named."""
    found = await require_admin(api) if user is None else await find_user(api, user)
    answer = await api.request("POST", "admin", "sign-in-links", json={"user_id": found.id})
    return SignInLinkIssued.model_validate(answer).url.get_secret_value()
