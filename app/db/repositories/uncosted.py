"""All SQL that looks for calls that nobody could price."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select

from app.db.database import Database
from app.models.entries import EntryRow


class Uncosted(NamedTuple):
    """How often a model was called at one place without a known price, and when last."""

    model: str
    upstream: str
    upstream_model: str
    calls: int
    last_at_ms: int


class UncostedCalls:
    """Reads the ledger for whoever has no transaction: each question opens and ends its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def list_since(self, moment_ms: int, *, limit: int) -> Sequence[Uncosted]:
        """Return what was called since a moment and used units, the most called first.

        Raises:
            NotReadyError: the database is away for now.
        """
        calls = func.count()
        where = EntryRow.model, EntryRow.upstream, EntryRow.upstream_model
        query = (
            select(*where, calls, func.max(EntryRow.created_at_ms))
            .where(
                EntryRow.created_at_ms >= moment_ms,
                EntryRow.cost_nusd.is_(None)
                | (EntryRow.price["source"].as_string() == "assumed"),  # by a budget
                EntryRow.basis.is_not(None),
                EntryRow.upstream.is_not(None),
                EntryRow.upstream_model.is_not(None),
            )
            .group_by(*where)
            .order_by(calls.desc(), *where)
            .limit(limit)
        )
        async with self._database.reading() as session:
            return [Uncosted(*row) for row in await session.execute(query)]
