"""`meterhouse budgets`: what may be spent, by whom and how fast."""

import sys
from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from app.api.v1.schemas.budgets import BudgetList, BudgetMode, BudgetOut
from app.cli.amounts import read_usd, show_usd
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
from app.cli.tables import print_table, when
from app.core.errors import ConflictError
from app.services.admission.terms import Period

_TITLES: Final = ("id", "of", "cap", "period", "mode", "spent", "held", "left", "resets")
_HOW_OFTEN: Final = {
    Period.DAY: "a day",
    Period.WEEK: "a week",
    Period.MONTH: "a month",
    Period.TOTAL: "in total",
}

commands = typer.Typer(help="Manage budgets, of the running server too.")


@commands.command("list")
def list_every(context: typer.Context, *, data: DataOption = None) -> None:
    """List budgets that bind, newest first, with what is left of them."""

    async def work(api: OperatorApi) -> list[tuple[str, ...]]:
        names = await scope_names(api)
        return [_row(budget, names) for budget in await _list_budgets(api)]

    print_table(_TITLES, at_desk(context, data, work))


@commands.command("set")
def set_one(  # noqa: PLR0913 - a command has the options that people need
    context: typer.Context,
    *,
    cap: Annotated[str, typer.Option(metavar="USD", help="US dollars for each period.")],
    period: Annotated[
        Period, typer.Option(help="How long it lasts; then it begins anew.")
    ] = Period.MONTH,
    team: TeamOption = None,
    user: UserOption = None,
    key: KeyOption = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="NAME", help="In which days begin, like Europe/Berlin.")
    ] = None,
    hard: Annotated[
        bool | None,
        typer.Option("--hard/--soft", help="Refuse calls that do not fit (so it begins), or tell."),
    ] = None,
    alert: Annotated[
        list[int] | None,
        typer.Option(metavar="PERCENT", help="Of the cap, an event each; repeatable (80, 100)."),
    ] = None,
    unknown_price: Annotated[
        str | None,
        typer.Option(metavar="USD", help="For a call without a known price (it is refused)."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Set a budget and print its id. There may be one for each period; what is not said stays.

    Without --team, --user or --key it is the whole instance's.
    """
    scope = ScopeWish(team, user, key)
    terms = _terms(cap, hard=hard, alerts=alert, unknown_price=unknown_price)

    async def work(api: OperatorApi) -> tuple[BudgetOut, str]:
        found = await scope.find(api)
        old = await _find_same(api, found, period, time_zone)
        zone = {} if time_zone is None else {"time_zone": time_zone}
        wish = found.fields() | terms | {"period": period.value} | zone
        answer = await (
            api.request("POST", "budgets", json=wish)
            if old is None
            else api.request("PATCH", "budgets", old.id, json=terms)
        )
        return BudgetOut.model_validate(answer), found.name

    budget, name = at_desk(context, data, work)
    sys.stdout.write(f"{budget.id}\n")
    what = "may spend" if budget.mode is BudgetMode.HARD else "should spend"
    sys.stderr.write(
        f"{name} {what} {show_usd(budget.cap_usd)} {_HOW_OFTEN[period]}; "
        f"{show_usd(budget.left_usd)} is left.\n"
    )


@commands.command("remove")
def remove(
    context: typer.Context,
    budget_id: Annotated[str, typer.Argument(metavar="ID", help="As `budgets list` shows it.")],
    *,
    data: DataOption = None,
) -> None:
    """Let a budget bind nobody any more. What it saw stays."""

    async def work(api: OperatorApi) -> None:
        await api.request("DELETE", "budgets", budget_id)

    at_desk(context, data, work)
    sys.stdout.write(f"{budget_id} is archived and binds nobody any more.\n")


def _terms(
    cap: str, *, hard: bool | None, alerts: list[int] | None, unknown_price: str | None
) -> dict[str, Any]:
    """Return what the command line says, in the words of the API."""
    terms: dict[str, Any] = {"cap_usd": read_usd("--cap", cap)}
    if hard is not None:
        terms["mode"] = BudgetMode.HARD if hard else BudgetMode.SOFT
    if alerts:
        terms["alert_percents"] = sorted(set(alerts))
    if unknown_price is not None:
        terms["unknown_price"] = {"hold_usd": read_usd("--unknown-price", unknown_price)}
    return terms


async def _list_budgets(api: OperatorApi) -> list[BudgetOut]:
    return [*await api.list_all(BudgetList.model_validate, "budgets")]


async def _find_same(
    api: OperatorApi, scope: FoundScope, period: Period, time_zone: str | None
) -> BudgetOut | None:
    """Return the budget of a scope and period, where there is one.

    Raises:
        ConflictError: there are several.
    """
    same = [
        one
        for one in await _list_budgets(api)
        if (one.scope, one.scope_id, one.period) == (scope.kind, scope.account_id, period)
        and time_zone in {None, one.time_zone}
    ]
    if len(same) > 1:
        raise ConflictError(
            f"{scope.name} has {len(same)} such budgets. Remove all but one (`meterhouse budgets "
            "list` shows them), or change one over the API."
        )
    return same[0] if same else None


def _row(budget: BudgetOut, names: Mapping[str | None, str]) -> tuple[str, ...]:
    zone = "" if budget.time_zone == "UTC" else f" ({budget.time_zone})"
    return (
        budget.id,
        names.get(budget.scope_id, budget.scope_id or ""),
        show_usd(budget.cap_usd),
        f"{budget.period}{zone}",
        budget.mode,
        show_usd(budget.settled_usd),
        show_usd(budget.held_usd),
        show_usd(budget.left_usd),
        "never" if budget.resets_at is None else when(budget.resets_at),
    )
