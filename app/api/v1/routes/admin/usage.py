"""Usage of all, for admins, and of a team, for its leads."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from app.api.dependencies.known_queries import KNOWN_QUERY
from app.api.dependencies.paging import CursorDep
from app.api.dependencies.permissions import ManagerDep, PermittedRoute
from app.api.dependencies.usage import (
    CallsInSightDep,
    EntriesInSightDep,
    EntryExportsDep,
    EntryListsDep,
    ExportFormatDep,
    ReportShapeDep,
    UsageReportsDep,
)
from app.api.responses.download import Download
from app.api.v1.schemas.entries import EntryList, EntryOut
from app.api.v1.schemas.exports import EXPORTS
from app.api.v1.schemas.usage import UsageOut

router = APIRouter(
    prefix="/v1/admin/usage", tags=["usage"], route_class=PermittedRoute, dependencies=[KNOWN_QUERY]
)


@router.get("")
async def sum_up_usage_of_all(
    calls: CallsInSightDep, shape: ReportShapeDep, reports: UsageReportsDep
) -> UsageOut:
    """Add up the calls of everybody. Admins may; leads, with the `team_id` of their team."""
    return UsageOut.of(await reports.report(calls, shape))


@router.get("/entries")
async def list_entries_of_all(
    calls: EntriesInSightDep, entries: EntryListsDep, cursor: CursorDep
) -> EntryList:
    """List calls, newest first. Admins may; leads, with the `team_id` of their team."""
    return EntryList.of(await entries.list_page(cursor, calls))


@router.get("/entries/export", response_class=StreamingResponse, responses=EXPORTS)
async def export_entries_of_all(
    calls: EntriesInSightDep, exports: EntryExportsDep, form: ExportFormatDep
) -> Download:
    """Export calls, oldest first, up to now. Admins may; leads, with their team's `team_id`."""
    return Download(await exports.export(calls, form))


@router.get("/entries/{entry_id}")
async def get_entry_of_all(entry_id: str, manager: ManagerDep, entries: EntryListsDep) -> EntryOut:
    """Show one call. Admins may; leads, if it is charged to their team."""
    return EntryOut.of(await entries.fetch_in_sight(entry_id, manager))
