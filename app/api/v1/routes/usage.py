"""Usage: what the caller's own calls were, and what they add up to."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from app.api.dependencies.paging import CursorDep
from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.dependencies.services import LedgerReportsDep
from app.api.v1.schemas.usage import EntryList, UsageOut
from app.services.ledger.reports import Period

router = APIRouter(prefix="/v1/usage", tags=["usage"], route_class=PermittedRoute)


@router.get("")
async def sum_up_usage(
    principal: PrincipalDep,
    reports: LedgerReportsDep,
    since: Annotated[
        AwareDatetime | None, Query(description="Calls from this moment on, like 2026-11-23T00:00Z")
    ] = None,
    until: Annotated[AwareDatetime | None, Query(description="Calls before this moment.")] = None,
) -> UsageOut:
    """Add up your own key's calls, every call that was answered before included."""
    period = Period(since, until)
    return UsageOut.of(await reports.sum_up(period, key_id=principal.key_id), period)


@router.get("/entries")
async def list_entries(
    principal: PrincipalDep, reports: LedgerReportsDep, cursor: CursorDep
) -> EntryList:
    """List your own key's calls, newest first. An entry's id is the answer's `x-request-id`."""
    return EntryList.of(await reports.list_page(cursor, key_id=principal.key_id))
