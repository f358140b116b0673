"""Where every call is written down: first what is intended, then what became of it."""

from collections.abc import Awaitable, Sequence
from typing import Final

from pydantic_core import to_json

from app.core.errors import NotReadyError
from app.db.ledger_changes import (
    Change,
    Charge,
    Event,
    Intent,
    Row,
    Settlement,
    TopUp,
    Withdrawal,
)
from app.db.ledger_writer import LedgerWriter
from app.services.ledger.entry import Entry
from app.services.ledger.hold import Hold

INTENT_SECONDS: Final = 5.0  # that a call waits for its intent to be written


class Ledger:
    """Writes intents and entries through one writer, in order, and keeps each exactly once."""

    def __init__(self, writer: LedgerWriter, lease_id: str) -> None:
        """Take who writes to the database, and the lease that this process's holds belong to."""
        self._writer = writer
        self.lease_id = lease_id

    def ensure_room(self) -> None:
        """Refuse a call whose entry could not be kept. Ask before its upstream is called.

        Raises:
            NotReadyError: too many entries wait for the database, or it is closed.
        """
        if not self._writer.has_room():
            raise NotReadyError(
                "The ledger is behind: its database does not keep up or cannot be written. "
                "No call is taken until it is. Try again soon.",
                retry_after_seconds=1,
            )

    def note(self, change: Change) -> None:
        """Write a change down soon, after all before it.

        Raises:
            NotReadyError: there is no room for it.
        """
        self._writer.put(change)

    def intend(self, hold: Hold, charges: Sequence[Charge], *, is_durable: bool) -> Awaitable[None]:
        """Return what to await at once: it ends when the row of intent is committed.

        Only then may the request leave.

        A call that cannot wait so long, or leaves meanwhile, must be withdrawn.

        Raises:
            NotReadyError: the database does not take it in time.
            AppError: the database refuses it.
        """
        intent = Intent(self._row_of(hold), charges, is_durable)
        return self._writer.write(intent, patience_seconds=INTENT_SECONDS)

    def withdraw(self, hold_id: str, charges: Sequence[Charge]) -> None:
        """Take an intent back: nothing has left for an upstream."""
        self._writer.put(Withdrawal(hold_id, self.lease_id, charges))

    def top_up(self, grown: Hold, charges: Sequence[Charge], *, is_durable: bool) -> None:
        """Let a hold grow to what it is now."""
        self._writer.put(
            TopUp(grown.id, self.lease_id, grown.units_out, grown.held_nusd, charges, is_durable)
        )

    def settle(
        self,
        entry: Entry,
        charges: Sequence[Charge],
        *,
        events: Sequence[Event] = (),
        body: Row | None = None,
    ) -> None:
        """Turn a call's hold into its entry. It is settled now, when the call has ended.

        Raises:
            NotReadyError: there is no room for it, though there was when the call was admitted.
        """
        told = [event.row for event in events] if events else ()
        row = entry_row(entry)
        self._writer.put(Settlement(entry.id, self.lease_id, row, charges, told, body))

    async def flush(self) -> None:
        """Return when every entry recorded before can be read.

        Raises:
            NotReadyError: the database cannot be written right now. Nothing is lost.
        """
        await self._writer.flush()

    def _row_of(self, hold: Hold) -> Row:
        hold_id, *facts, tags, end_user = hold
        return (hold_id, self.lease_id, *facts, json_text(tags), end_user)


def entry_row(entry: Entry) -> Row:
    """Return an entry as its table keeps it."""
    entry_id, created_at_ms, *facts, tags, end_user, tries = entry
    settled_at_ms = created_at_ms + entry.latency_ms
    texts = json_text(tags), end_user, json_text(tries)
    return (entry_id, created_at_ms, settled_at_ms, *facts, *texts)


def json_text(value: object) -> str | None:
    """Return the text that a JSON column keeps; nothing is kept of what is empty."""
    return to_json(value).decode() if value else None
