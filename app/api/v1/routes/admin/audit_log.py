"""The audit log: who changed what."""

from fastapi import APIRouter

from app.api.dependencies.audit_query import AuditQueryDep
from app.api.dependencies.paging import CursorDep
from app.api.dependencies.people import AuditLogServiceDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.audit_log import AuditLogPage, AuditRowOut

router = APIRouter(prefix="/v1/admin/audit-log", tags=["audit log"], route_class=PermittedRoute)


@router.get("")
async def list_changes(
    rows: AuditLogServiceDep, query: AuditQueryDep, cursor: CursorDep
) -> AuditLogPage:
    """List changes of people, teams and keys, newest first. Only admins may."""
    return AuditLogPage.of(await rows.list_page(cursor, query))


@router.get("/{row_id}")
async def get_change(row_id: str, rows: AuditLogServiceDep) -> AuditRowOut:
    """Show one change. Only admins may."""
    return AuditRowOut.of(await rows.fetch_row(row_id))
