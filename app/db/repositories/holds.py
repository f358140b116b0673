"""What the ledger knows of calls under way. Its writer alone changes it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select

from app.db.database import Database
from app.models.holds import HoldRow, Lease


class Orphans(NamedTuple):
    """What processes have left behind that are no more."""

    holds: Sequence[HoldRow]
    lease_ids: Sequence[str]


class HoldDirectory:
    """Reads holds, in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def find_orphans(self, lease_id: str) -> Orphans:
        """Return what belongs to other processes than the one with this lease.

        Raises:
            NotReadyError: the database is away for now.
        """
        async with self._database.reading() as session:
            holds = await session.scalars(select(HoldRow).where(HoldRow.lease_id != lease_id))
            leases = await session.scalars(select(Lease.id).where(Lease.id != lease_id))
            return Orphans(holds.all(), leases.all())
