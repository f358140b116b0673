"""`meterhouse keys`: create, list and revoke."""

import sys
from typing import Annotated, Final

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from app.api.v1.schemas.keys import KeyCreate, KeyOut
from app.cli.key_desk import list_all, open_key_desk
from app.cli.options import DataOption
from app.cli.settings import read_settings
from app.core.errors import ConfigurationError
from app.services.principals import Scope

_WIDTH: Final = 200  # columns: an id that is cut off is no use

commands = typer.Typer(help="Manage API keys, of the running server too.")


@commands.command("create")
def create(
    *,
    admin: Annotated[
        bool, typer.Option("--admin", help="May manage keys too, not only call models.")
    ] = False,
    name: Annotated[str, typer.Option(help="Who or what it is for.")] = "command line",
    data: DataOption = None,
) -> None:
    """Create a key and print its secret, this once."""
    scopes = frozenset(Scope) if admin else frozenset({Scope.INFERENCE})
    try:
        wanted = KeyCreate(name=name, scopes=scopes)
    except ValidationError:
        raise ConfigurationError("--name: must be 1 to 80 characters of plain text") from None
    with open_key_desk(read_settings(data_dir=data), may_begin=True) as desk:
        issued = desk.issue(wanted)
    sys.stdout.write(f"{issued.secret.get_secret_value()}\n")
    sys.stderr.write(f"{issued.id} ({', '.join(issued.scopes)}); this is shown once.\n")


@commands.command("list")
def list_keys(*, data: DataOption = None) -> None:
    """List every key, newest first, without secrets."""
    with open_key_desk(read_settings(data_dir=data)) as desk:
        found = list_all(desk)
    table = Table("id", "name", "key", "scopes", "created", "state", box=None, pad_edge=False)
    for key in found:
        hint = f"{key.prefix}...{key.last4}"
        created = f"{key.created_at:%Y-%m-%d %H:%M}"
        table.add_row(key.id, key.name, hint, ", ".join(key.scopes), created, _state(key))
    console = Console(highlight=False, markup=False)
    console.width = max(console.width, _WIDTH)
    console.print(table)


@commands.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `keys list` shows it.")],
    *,
    data: DataOption = None,
) -> None:
    """Make a key unusable, at once."""
    with open_key_desk(read_settings(data_dir=data)) as desk:
        desk.revoke(key_id)
    sys.stdout.write(f"{key_id} is revoked.\n")


def _state(key: KeyOut) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d %H:%M}"
    return "good" if key.expires_at is None else f"until {key.expires_at:%Y-%m-%d %H:%M}"
