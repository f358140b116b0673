"""Reports over the ledger as routes ask for them, and which calls they are about.

"function" scope ends a transaction before the response leaves: a failed commit is never a 200.
"""

from collections.abc import AsyncGenerator
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import AwareDatetime

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.permissions import ManagerDep, PrincipalDep
from app.db.repositories.entries import EntryReader, EntryRepository
from app.db.repositories.entry_sums import EntrySums
from app.db.repositories.rollups import RollupRepository
from app.db.repositories.usage_sums import Dimension
from app.services.ledger.entry import Status
from app.services.ledger.entry_lists import EntryLists
from app.services.ledger.export import EntryExports, ExportFormat
from app.services.ledger.reports import ReportShape, ReportTables, UsageReports
from app.services.ledger.usage_query import (
    CallFilter,
    Interval,
    Period,
    in_sight,
    narrowed,
)
from app.services.principals import PrincipalKind

GroupBy = Literal["team", "user", "key", "model", "task", "upstream", "status", "tag"]


async def get_period(
    since: Annotated[
        AwareDatetime | None, Query(description="Calls from this moment on, like 2026-11-23T00:00Z")
    ] = None,
    until: Annotated[AwareDatetime | None, Query(description="Calls before this moment.")] = None,
) -> Period:
    """Read the period from the query."""
    return Period(since, until)


async def get_report_shape(
    group_by: Annotated[
        GroupBy | None,
        Query(description="Add up by this too. A call is in as many groups as it has tags."),
    ] = None,
    interval: Annotated[
        Interval | None,
        Query(description="A series too, with points so wide, in UTC; weeks begin on Monday."),
    ] = None,
) -> ReportShape:
    """Read the form of a report from the query."""
    return ReportShape(None if group_by is None else Dimension(group_by), interval)


PeriodDep = Annotated[Period, Depends(get_period)]
ReportShapeDep = Annotated[ReportShape, Depends(get_report_shape)]


async def get_own_calls(principal: PrincipalDep, period: PeriodDep) -> CallFilter:
    """Return the calls of the caller's own key; in a browser, all of the person's."""
    if principal.kind is PrincipalKind.SESSION and principal.user_id is not None:
        return CallFilter(period, {Dimension.USER: principal.user_id})
    return CallFilter(period, {Dimension.KEY: principal.key_id})


async def get_owners(
    team_id: Annotated[str | None, Query(description="Only calls charged to this team.")] = None,
    user_id: Annotated[str | None, Query(description="Only calls of this user.")] = None,
    key_id: Annotated[str | None, Query(description="Only calls of this key.")] = None,
    model: Annotated[str | None, Query(description="Only calls of this model, by name.")] = None,
) -> dict[Dimension, str]:
    """Read from the query whose calls are wanted, and of which model."""
    named = {
        Dimension.TEAM: team_id,
        Dimension.USER: user_id,
        Dimension.KEY: key_id,
        Dimension.MODEL: model,
    }
    return {dimension: value for dimension, value in named.items() if value is not None}


OwnersDep = Annotated[dict[Dimension, str], Depends(get_owners)]


async def get_calls_in_sight(
    manager: ManagerDep, period: PeriodDep, owners: OwnersDep
) -> CallFilter:
    """Return the calls that a report is about, as far as the caller may see them."""
    return in_sight(manager, CallFilter(period, owners))


async def get_outcomes(
    *,
    status: Annotated[Status | None, Query(description="Only calls that ended so.")] = None,
    upstream: Annotated[str | None, Query(description="Only calls of this upstream.")] = None,
    task: Annotated[str | None, Query(description="Only calls of this task.")] = None,
    tag: Annotated[
        str | None,
        Query(description="Only calls with this tag, as `name=value`.", pattern="^[^=]+=.*$"),
    ] = None,
) -> dict[Dimension, str]:
    """Read from the query what became of the calls that are wanted."""
    named = {
        Dimension.STATUS: status,
        Dimension.UPSTREAM: upstream,
        Dimension.TASK: task,
        Dimension.TAG: tag,
    }
    return {dimension: value for dimension, value in named.items() if value is not None}


OutcomesDep = Annotated[dict[Dimension, str], Depends(get_outcomes)]
OwnCallsDep = Annotated[CallFilter, Depends(get_own_calls)]
CallsInSightDep = Annotated[CallFilter, Depends(get_calls_in_sight)]


async def get_own_entries(own: OwnCallsDep, owners: OwnersDep, outcomes: OutcomesDep) -> CallFilter:
    """Return those of the caller's own calls whose entries are wanted."""
    return narrowed(own, {**owners, **outcomes})


async def get_entries_in_sight(calls: CallsInSightDep, outcomes: OutcomesDep) -> CallFilter:
    """Return the calls whose entries are wanted, as far as the caller may see them."""
    return CallFilter(calls.period, {**calls.only, **outcomes})


async def get_usage_reports(container: ContainerDep) -> AsyncGenerator[UsageReports]:
    """Build what adds up calls."""
    async with container.database.reading() as session:
        tables = ReportTables(RollupRepository(session), EntrySums(session))
        yield UsageReports(tables, container.ledger, container.clock)


async def get_entry_lists(container: ContainerDep) -> AsyncGenerator[EntryLists]:
    """Build what lists entries."""
    async with container.database.reading() as session:
        yield EntryLists(EntryRepository(session), container.ledger)


async def get_entry_exports(container: ContainerDep) -> EntryExports:
    """Build what exports entries. It opens a transaction for each part by itself."""
    return EntryExports(EntryReader(container.database), container.ledger, container.clock)


ExportFormatDep = Annotated[
    ExportFormat, Query(alias="format", description="`csv`, or `jsonl`: a line of JSON each.")
]
OwnEntriesDep = Annotated[CallFilter, Depends(get_own_entries)]
EntriesInSightDep = Annotated[CallFilter, Depends(get_entries_in_sight)]
UsageReportsDep = Annotated[UsageReports, Depends(get_usage_reports, scope="function")]
EntryListsDep = Annotated[EntryLists, Depends(get_entry_lists, scope="function")]
EntryExportsDep = Annotated[EntryExports, Depends(get_entry_exports)]
