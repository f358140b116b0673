"""Entries one by one: pages of them, and single ones."""

from collections.abc import Mapping

from app.core.errors import InvalidRequestError, NotFoundError
from app.db.repositories.entries import EntryFilter, EntryRepository
from app.db.repositories.usage_sums import Dimension
from app.models.entries import EntryRow
from app.services.access import manages_all, manages_team
from app.services.ledger.ledger import Ledger
from app.services.ledger.usage_query import CallFilter
from app.services.pages import require_start
from app.services.principals import Principal
from app.utils.paging import Cursor, Page, cut


class EntryLists:
    """Finds entries, those of calls that ended just now included."""

    def __init__(self, entries: EntryRepository, ledger: Ledger) -> None:
        """Take where entries are read, and the ledger that may still hold some."""
        self._entries = entries
        self._ledger = ledger

    async def list_page(self, cursor: Cursor, calls: CallFilter) -> Page[EntryRow]:
        """Return entries, newest first.

        Raises:
            InvalidRequestError: the page begins after something that is no entry's id, or after an
                entry that is not there; or the period ends before it begins.
            NotReadyError: entries cannot be written or read right now.
        """
        after = require_start(cursor, "req").after
        wanted = EntryFilter(calls.period.span(), calls.only)
        await self._ledger.flush()
        last = None if after is None else await self._entries.get(after, calls.only)
        if after is not None and last is None:
            raise InvalidRequestError(
                "`after` is not the id of an entry that you may see. It may have been deleted by "
                "now: begin with the first page.",
                param="after",
            )
        found = await self._entries.list_after(last, wanted, limit=cursor.limit + 1)
        return cut(found, cursor)

    async def fetch(self, entry_id: str, only: Mapping[Dimension, str]) -> EntryRow:
        """Return the entry of one call that has certain values.

        Raises:
            NotFoundError: there is no such call, or it has other values.
            NotReadyError: entries cannot be written or read right now.
        """
        await self._ledger.flush()
        return _require(await self._entries.get(entry_id, only))

    async def fetch_in_sight(self, entry_id: str, who: Principal) -> EntryRow:
        """Return the entry of one call if somebody may see it: an admin, or a lead of its team.

        Raises:
            NotFoundError: there is no such call in sight.
            NotReadyError: entries cannot be written or read right now.
        """
        row = await self.fetch(entry_id, {})
        is_teams = row.team_id is not None and manages_team(who, row.team_id)
        return _require(row if is_teams or manages_all(who) else None)


def _require(row: EntryRow | None) -> EntryRow:
    if row is None:
        raise NotFoundError(
            "There is no such call that you may see. It may be under way, or deleted by now: "
            "`GET /v1/usage/entries` lists yours."
        )
    return row
