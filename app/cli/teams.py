"""`meterhouse teams`: people who share keys."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from app.api.v1.schemas.teams import MemberList, MemberOut, TeamOut
from app.cli.desk import at_desk
from app.cli.operator import OperatorApi
from app.cli.options import DataOption
from app.cli.people import find_team, find_user, list_teams, list_users
from app.cli.tables import print_table, when
from app.services.principals import TeamRole

TeamArgument = Annotated[
    str, typer.Argument(metavar="TEAM", help="Its name or id, as `teams list` shows it.")
]
MemberArgument = Annotated[
    str, typer.Argument(metavar="EMAIL", help="Or id, as `users list` shows it.")
]

commands = typer.Typer(help="Manage teams, in the running server too.")


@commands.command("create")
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="No other team may have it.")],
    *,
    data: DataOption = None,
) -> None:
    """Create a team and print its id."""

    async def work(api: OperatorApi) -> TeamOut:
        answer = await api.request("POST", "teams", json={"name": name})
        return TeamOut.model_validate(answer)

    team = at_desk(context, data, work, may_begin=True)
    sys.stdout.write(f"{team.id}\n")
    sys.stderr.write(f"{team.name} is a team, with nobody in it yet.\n")


@commands.command("list")
def list_every(context: typer.Context, *, data: DataOption = None) -> None:
    """List every team with its members, newest first."""
    rows = at_desk(context, data, _rows)
    print_table(("id", "name", "members", "created"), rows)


@commands.command("add-member")
def add_member(
    context: typer.Context,
    team: TeamArgument,
    user: MemberArgument,
    *,
    lead: Annotated[
        bool, typer.Option("--lead", help="May manage the team's members and keys.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Make a user a member of a team."""
    role = TeamRole.LEAD if lead else TeamRole.MEMBER

    async def work(api: OperatorApi) -> tuple[str, str]:
        where, who = await find_team(api, team), await find_user(api, user)
        wanted = {"user_id": who.id, "role": role}
        await api.request("POST", "teams", where.id, "members", json=wanted)
        return where.name, who.email

    name, email = at_desk(context, data, work)
    sys.stdout.write(f"{email} is a {role} of {name}.\n")


@commands.command("remove-member")
def remove_member(
    context: typer.Context, team: TeamArgument, user: MemberArgument, *, data: DataOption = None
) -> None:
    """End a membership, and with it the user's keys that are charged to the team."""

    async def work(api: OperatorApi) -> tuple[str, str]:
        where, who = await find_team(api, team), await find_user(api, user)
        await api.request("DELETE", "teams", where.id, "members", who.id)
        return where.name, who.email

    name, email = at_desk(context, data, work)
    sys.stdout.write(f"{email} is no member of {name} any more.\n")


async def _rows(api: OperatorApi) -> list[tuple[str, ...]]:
    emails = {user.id: user.email for user in await list_users(api)}
    return [
        (team.id, team.name, await _members(api, team, emails), when(team.created_at))
        for team in await list_teams(api)
    ]


async def _members(api: OperatorApi, team: TeamOut, emails: Mapping[str, str]) -> str:
    members = await api.list_all(MemberList.model_validate, "teams", team.id, "members")
    return ", ".join(_described(member, emails) for member in reversed(members))


def _described(member: MemberOut, emails: Mapping[str, str]) -> str:
    email = emails.get(member.user_id, member.name)
    return f"{email} (lead)" if member.role is TeamRole.LEAD else email
