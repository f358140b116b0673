"""The audit log, as admins read it."""

from dataclasses import dataclass
from datetime import datetime

from app.core.clock import epoch_ms
from app.core.errors import InvalidRequestError, NotFoundError
from app.db.repositories.audit_log import AuditFilter, AuditLogRepository
from app.models.audit_log import AuditRow
from app.services.access import require_admin
from app.services.audit_trail import Action
from app.services.pages import require_start
from app.services.principals import Principal
from app.utils.paging import Cursor, Page, cut


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which rows are wanted: those that fit everything that is not None."""

    actor_id: str | None
    action: Action | None
    object_id: str | None
    since: datetime | None
    until: datetime | None


class AuditLogService:
    """Reads the audit log inside the caller's transaction."""

    def __init__(self, rows: AuditLogRepository, who: Principal) -> None:
        """Take where rows are, and who reads them."""
        self._rows = rows
        self._who = who

    async def fetch_row(self, row_id: str) -> AuditRow:
        """Return one row.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such row.
        """
        require_admin(self._who, to="read the audit log")
        row = await self._rows.get(row_id)
        if row is None:
            raise NotFoundError(
                "There is no such row. `GET /v1/admin/audit-log` lists them, newest first."
            )
        return row

    async def list_page(self, cursor: Cursor, query: AuditQuery) -> Page[AuditRow]:
        """Return rows, newest first.

        Raises:
            ForbiddenError: the caller is no admin.
            InvalidRequestError: the page begins after something that is no row's id, or the
                period ends before it begins.
        """
        require_admin(self._who, to="read the audit log")
        since, until = query.since, query.until
        if since is not None and until is not None and since >= until:
            raise InvalidRequestError("`until` must be later than `since`.", param="until")
        wanted = AuditFilter(
            actor_id=query.actor_id,
            action=query.action,
            object_id=query.object_id,
            since_ms=None if since is None else epoch_ms(since),
            until_ms=None if until is None else epoch_ms(until),
        )
        return cut(await self._rows.list_after(require_start(cursor, "audit"), wanted), cursor)
