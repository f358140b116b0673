"""Entries one by one, page by page."""

from app.core.errors import InvalidRequestError
from app.db.repositories.entries import EntryFilter, EntryRepository
from app.models.entries import EntryRow
from app.services.ledger.ledger import Ledger
from app.services.ledger.usage_query import CallFilter
from app.services.pages import require_start
from app.utils.paging import Cursor, Page, cut


class EntryLists:
    """Lists entries, those of calls that ended just now included."""

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
