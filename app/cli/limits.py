"""`meterhouse limits`: what may be called in a minute and at once."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from app.api.v1.schemas.limits import LimitList, LimitOut
from app.cli.desk import at_desk
from app.cli.operator import OperatorApi
from app.cli.options import DataOption
from app.cli.scopes import (
    FoundScope,
    KeyOption,
    ScopeWish,
    TeamOption,
    UserOption,
    scope_names,
)
from app.cli.tables import print_table
from app.core.errors import InvalidRequestError

_TITLES: Final = ("id", "of", "calls/min", "tokens/min", "at once", "waits")

commands = typer.Typer(help="Manage limits, of the running server too.")


@commands.command("list")
def list_every(context: typer.Context, *, data: DataOption = None) -> None:
    """List limits, newest first."""

    async def work(api: OperatorApi) -> list[tuple[str, ...]]:
        names = await scope_names(api)
        return [_row(limit, names) for limit in await _list_limits(api)]

    print_table(_TITLES, at_desk(context, data, work))


@commands.command("set")
def set_one(  # noqa: PLR0913 - a command has the options that people need
    context: typer.Context,
    *,
    team: TeamOption = None,
    user: UserOption = None,
    key: KeyOption = None,
    rpm: Annotated[int | None, typer.Option(min=0, help="Calls in a minute; 0: no limit.")] = None,
    tpm: Annotated[int | None, typer.Option(min=0, help="Tokens in a minute; 0: no limit.")] = None,
    parallel: Annotated[
        int | None, typer.Option(min=0, help="Calls at the same time; 0: no limit.")
    ] = None,
    wait: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="How long a call waits for its turn, of a team or key (0)."
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Set a limit and print its id. What is not said stays as it is.

    Without --team, --user or --key it is the whole instance's.
    """
    scope = ScopeWish(team, user, key)
    terms: dict[str, Any] = {
        name: value or None
        for name, value in (
            ("requests_per_minute", rpm),
            ("tokens_per_minute", tpm),
            ("parallel_calls", parallel),
        )
        if value is not None
    }
    if wait is not None:
        terms["wait_up_to_seconds"] = wait
    if not terms:
        raise InvalidRequestError("Say at least one of --rpm, --tpm, --parallel and --wait.")

    async def work(api: OperatorApi) -> tuple[LimitOut, str]:
        found = await scope.find(api)
        old = await _find_same(api, found)
        answer = await (
            api.request("POST", "limits", json=found.fields() | terms)
            if old is None
            else api.request("PATCH", "limits", old.id, json=terms)
        )
        return LimitOut.model_validate(answer), found.name

    limit, name = at_desk(context, data, work)
    sys.stdout.write(f"{limit.id}\n")
    sys.stderr.write(f"{name}: {_described(limit)}.\n")


@commands.command("remove")
def remove(
    context: typer.Context,
    limit_id: Annotated[str, typer.Argument(metavar="ID", help="As `limits list` shows it.")],
    *,
    data: DataOption = None,
) -> None:
    """Delete a limit."""

    async def work(api: OperatorApi) -> None:
        await api.request("DELETE", "limits", limit_id)

    at_desk(context, data, work)
    sys.stdout.write(f"{limit_id} is deleted.\n")


async def _list_limits(api: OperatorApi) -> list[LimitOut]:
    return [*await api.list_all(LimitList.model_validate, "limits")]


async def _find_same(api: OperatorApi, scope: FoundScope) -> LimitOut | None:
    """Return the limit of a scope, where it has one."""
    return next(
        (
            one
            for one in await _list_limits(api)
            if (one.scope, one.scope_id) == (scope.kind, scope.account_id)
        ),
        None,
    )


def _described(limit: LimitOut) -> str:
    said = [
        f"{value:,} {words}"
        for value, words in (
            (limit.requests_per_minute, "calls a minute"),
            (limit.tokens_per_minute, "tokens a minute"),
            (limit.parallel_calls, "calls at once"),
        )
        if value is not None
    ]
    if limit.wait_up_to_seconds:
        said.append(f"a call waits up to {limit.wait_up_to_seconds:g} s")
    return ", ".join(said)


def _row(limit: LimitOut, names: Mapping[str | None, str]) -> tuple[str, ...]:
    counts = (limit.requests_per_minute, limit.tokens_per_minute, limit.parallel_calls)
    return (
        limit.id,
        names.get(limit.scope_id, limit.scope_id or ""),
        *("any" if count is None else f"{count:,}" for count in counts),
        f"{limit.wait_up_to_seconds:g} s" if limit.wait_up_to_seconds else "no",
    )
