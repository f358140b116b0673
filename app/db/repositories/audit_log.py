"""All SQL that touches `audit_log`."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.audit_log import AuditRow
from app.utils.paging import Cursor


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted: those that fit everything that is not None."""

    actor_id: str | None = None
    action: str | None = None
    object_id: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None  # without this moment itself


class AuditLogRepository:
    """Adds and reads rows of the audit log inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, row: AuditRow) -> None:
        """Insert a row. It is kept when the transaction commits, and then for ever."""
        self._session.add(row)
        await self._session.flush()

    async def get(self, row_id: str) -> AuditRow | None:
        """Return one row, or None where there is none."""
        return await self._session.get(AuditRow, row_id)

    async def list_after(self, cursor: Cursor, wanted: AuditFilter) -> Sequence[AuditRow]:
        """Return rows, newest first, and one more than the page holds where there are more."""
        query = (
            select(AuditRow)
            .where(*_conditions(wanted))
            .order_by(AuditRow.id.desc())
            .limit(cursor.limit + 1)
        )
        if cursor.after is not None:
            query = query.where(AuditRow.id < cursor.after)
        return (await self._session.scalars(query)).all()


def _conditions(wanted: AuditFilter) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.actor_id is not None:
        found.append(AuditRow.actor_id == wanted.actor_id)
    if wanted.action is not None:
        found.append(AuditRow.action == wanted.action)
    if wanted.object_id is not None:
        found.append(AuditRow.object_id == wanted.object_id)
    if wanted.since_ms is not None:
        found.append(AuditRow.at_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        found.append(AuditRow.at_ms < wanted.until_ms)
    return found
