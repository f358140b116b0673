"""`meterhouse keys`: create, list, rotate and revoke."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from app.api.v1.schemas.keys import KeyIssued, KeyList, KeyOut
from app.cli.desk import at_desk
from app.cli.key_wishes import read_expiry, read_tags
from app.cli.operator import OperatorApi
from app.cli.options import DataOption
from app.cli.people import find_team, find_user, list_teams, list_users, require_admin
from app.cli.tables import print_table, when
from app.core.clock import SystemClock
from app.services.principals import Scope

_TITLES: Final = ("id", "name", "key", "owner", "scopes", "models", "last used", "state")

KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="As `keys list` shows it.")]
UserOption = Annotated[str | None, typer.Option(metavar="EMAIL", help="Whose key it is.")]
TeamOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The team it is charged to; without --user: its own key."),
]

commands = typer.Typer(help="Manage API keys, of the running server too.")


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose a key is, as the command line says it."""

    user: str | None
    team: str | None


@commands.command("create")
def create(  # noqa: PLR0913 - a command has the options that people need
    context: typer.Context,
    *,
    admin: Annotated[
        bool, typer.Option("--admin", help="May manage too, as far as its owner may.")
    ] = False,
    name: Annotated[str, typer.Option(help="Who or what it is for.")] = "command line",
    user: UserOption = None,
    team: TeamOption = None,
    models: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="A model it may call, `*` for any text; repeatable."),
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="30d|DATE", help="When it stops working (never).")
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What it is marked with; repeatable."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Create a key and print its secret, this once. Without an owner it is the first admin's."""
    wanted: dict[str, Any] = {
        "name": name,
        "scopes": sorted(Scope) if admin else [Scope.INFERENCE],
        "expires_at": expires and read_expiry(expires, SystemClock()).isoformat(),
        "allowed_models": models or None,
        "tags": read_tags(tag or []),
    }
    owner = _Owner(user, team)

    async def work(api: OperatorApi) -> tuple[KeyIssued, str]:
        ids, whose = await _resolve(api, owner)
        answer = await api.request("POST", "keys", json=wanted | ids)
        return KeyIssued.model_validate(answer), whose

    issued, whose = at_desk(context, data, work, may_begin=True)
    _hand_over(issued, f"of {whose} ({', '.join(issued.scopes)})")


@commands.command("list")
def list_every(
    context: typer.Context,
    *,
    user: UserOption = None,
    team: TeamOption = None,
    data: DataOption = None,
) -> None:
    """List keys, newest first, without secrets."""
    owner = _Owner(user, team)

    async def work(api: OperatorApi) -> list[tuple[str, ...]]:
        ids = (await _resolve(api, owner))[0] if user or team else {}
        keys = await api.list_all(KeyList.model_validate, "keys", **ids)
        names, now = await _owner_names(api), SystemClock().now()
        return [_row(key, names, now) for key in keys]

    print_table(_TITLES, at_desk(context, data, work))


@commands.command("rotate")
def rotate(
    context: typer.Context,
    key_id: KeyArgument,
    *,
    overlap_hours: Annotated[
        int | None, typer.Option(help="How long the old secret still works (24).")
    ] = None,
    data: DataOption = None,
) -> None:
    """Create a key that may do the same, print its secret once, and let the old one end."""
    wanted = {} if overlap_hours is None else {"overlap_hours": overlap_hours}

    async def work(api: OperatorApi) -> KeyIssued:
        answer = await api.request("POST", "keys", key_id, "rotate", json=wanted)
        return KeyIssued.model_validate(answer)

    _hand_over(at_desk(context, data, work), f"takes the place of {key_id}")


@commands.command("revoke")
def revoke(context: typer.Context, key_id: KeyArgument, *, data: DataOption = None) -> None:
    """Make a key unusable, at once."""

    async def work(api: OperatorApi) -> None:
        await api.request("DELETE", "keys", key_id)

    at_desk(context, data, work)
    sys.stdout.write(f"{key_id} is revoked.\n")


def _hand_over(issued: KeyIssued, what: str) -> None:
    sys.stdout.write(f"{issued.secret.get_secret_value()}\n")
    sys.stderr.write(f"{issued.id} {what}; this is shown once.\n")


async def _resolve(api: OperatorApi, owner: _Owner) -> tuple[dict[str, str], str]:
    """Return the ids of an owner, and what to call them. Nobody in particular: the first admin."""
    ids: dict[str, str] = {}
    names: list[str] = []
    if owner.user is not None or owner.team is None:
        user = await (find_user(api, owner.user) if owner.user else require_admin(api))
        ids["user_id"] = user.id
        names.append(user.email)
    if owner.team is not None:
        team = await find_team(api, owner.team)
        ids["team_id"] = team.id
        names.append(f"team {team.name}")
    return ids, " for ".join(names)


async def _owner_names(api: OperatorApi) -> Mapping[str, str]:
    users = {user.id: user.email for user in await list_users(api)}
    return users | {team.id: f"team {team.name}" for team in await list_teams(api)}


def _row(key: KeyOut, names: Mapping[str, str], now: datetime) -> tuple[str, ...]:
    owners = [names.get(one, one) for one in (key.user_id, key.team_id) if one is not None]
    models = "all" if key.allowed_models is None else ", ".join(key.allowed_models)
    used = "never" if key.last_used_at is None else when(key.last_used_at)
    hint = f"{key.prefix}...{key.last4}"
    scopes = ", ".join(key.scopes)
    return (key.id, key.name, hint, " for ".join(owners), scopes, models, used, _state(key, now))


def _state(key: KeyOut, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {when(key.revoked_at)}"
    if key.expires_at is None:
        return "good"
    return f"{'until' if key.expires_at > now else 'expired'} {when(key.expires_at)}"
