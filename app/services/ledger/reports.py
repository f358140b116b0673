"""What callers may read of the ledger: their own entries, and what these add up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import epoch_ms
from app.core.errors import InvalidRequestError
from app.core.ids import is_id
from app.db.repositories.entries import EntryRepository, StatusSum
from app.models.entries import EntryRow
from app.services.ledger.ledger import Ledger
from app.utils.paging import Cursor, Page, cut


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time: from the first moment on, up to but without the second."""

    since: datetime | None  # None means from the first call on
    until: datetime | None  # None means up to now


class LedgerReports:
    """Reads the ledger for one caller, who finds every call that was answered before."""

    def __init__(self, entries: EntryRepository, ledger: Ledger) -> None:
        """Take where entries are read, and the ledger that may still hold some."""
        self._entries = entries
        self._ledger = ledger

    async def list_page(self, cursor: Cursor, *, key_id: str) -> Page[EntryRow]:
        """Return the entries of a key, newest first.

        Raises:
            InvalidRequestError: the page begins after something that is no entry's id.
        """
        if cursor.after is not None and not is_id(cursor.after, "req"):
            raise InvalidRequestError(
                "`after` must be the id of an entry (`req_...`), such as the `last_id` of a page.",
                param="after",
            )
        await self._ledger.flush()
        return cut(await self._entries.list_after(cursor, key_id=key_id), cursor)

    async def sum_up(self, period: Period, *, key_id: str) -> Sequence[StatusSum]:
        """Add up the calls of a key that were admitted in a period, by how they ended.

        Raises:
            InvalidRequestError: the period ends before it begins.
        """
        since, until = period.since, period.until
        if since is not None and until is not None and since >= until:
            raise InvalidRequestError("`until` must be later than `since`.", param="until")
        await self._ledger.flush()
        return await self._entries.sum_by_status(
            key_id=key_id,
            since_ms=None if since is None else epoch_ms(since),
            until_ms=None if until is None else epoch_ms(until),
        )
