"""Usage: what the caller's own calls were, and what they add up to."""

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from app.api.dependencies.known_queries import KNOWN_QUERY
from app.api.dependencies.paging import CursorDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.dependencies.usage import (
    EntryExportsDep,
    EntryListsDep,
    ExportFormatDep,
    OwnCallsDep,
    OwnEntriesDep,
    ReportShapeDep,
    UsageReportsDep,
)
from app.api.responses.download import Download
from app.api.v1.schemas.entries import EntryList, EntryOut
from app.api.v1.schemas.exports import EXPORTS
from app.api.v1.schemas.usage import UsageOut

router = APIRouter(
    prefix="/v1/usage", tags=["usage"], route_class=PermittedRoute, dependencies=[KNOWN_QUERY]
)


@router.get("")
async def sum_up_usage(
    calls: OwnCallsDep, shape: ReportShapeDep, reports: UsageReportsDep
) -> UsageOut:
    """Add up your own key's calls, every call that was answered before included."""
    return UsageOut.of(await reports.report(calls, shape))


@router.get("/entries")
async def list_entries(
    calls: OwnEntriesDep, entries: EntryListsDep, cursor: CursorDep
) -> EntryList:
    """List your own key's calls, newest first. An entry's id is the answer's `x-request-id`."""
    return EntryList.of(await entries.list_page(cursor, calls))


@router.get("/entries/export", response_class=StreamingResponse, responses=EXPORTS)
async def export_entries(
    calls: OwnEntriesDep, exports: EntryExportsDep, form: ExportFormatDep
) -> Download:
    """Export your own key's calls, oldest first, up to now."""
    return Download(await exports.export(calls, form))


@router.get("/entries/{entry_id}")
async def get_entry(entry_id: str, calls: OwnCallsDep, entries: EntryListsDep) -> EntryOut:
    """Show one of your own key's calls."""
    return EntryOut.of(await entries.fetch(entry_id, calls.only))
