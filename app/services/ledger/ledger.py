"""Where every call is written down."""

from typing import Any

from pydantic_core import to_json

from app.core.errors import NotReadyError
from app.db.ledger_writer import LedgerWriter
from app.services.ledger.entry import Entry


class Ledger:
    """Takes entries without making a call wait, and keeps each exactly once."""

    def __init__(self, writer: LedgerWriter) -> None:
        """Take who writes to the database."""
        self._writer = writer

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

    def record(self, entry: Entry) -> None:
        """Write an entry down soon. It is settled now, when the call has ended.

        Raises:
            NotReadyError: there is no room for it, though there was when the call was admitted.
        """
        self._writer.put(
            {
                "id": entry.id,
                "created_at_ms": entry.created_at_ms,
                "settled_at_ms": entry.created_at_ms + entry.latency_ms,
                "key_id": entry.key_id,
                "client_request_id": entry.client_request_id,
                "task": entry.task,
                "model": entry.model,
                "upstream": entry.upstream,
                "upstream_model": entry.upstream_model,
                "stream": entry.stream,
                "status": entry.status.value,
                "error_code": entry.error_code,
                "finish_reason": entry.finish_reason,
                "units_in": entry.units_in,
                "units_out": entry.units_out,
                "basis": None if entry.basis is None else entry.basis.value,
                "attempts": entry.attempts,
                "latency_ms": entry.latency_ms,
                "ttft_ms": entry.ttft_ms,
                "user_id": entry.user_id,
                "team_id": entry.team_id,
                "unit_in": entry.unit_in,
                "unit_out": entry.unit_out,
                "cached_in": entry.cached_in,
                "cost_nusd": entry.cost_nusd,
                "held_nusd": entry.held_nusd,
                "price": _json(entry.price),
                "charged": _json(entry.charged),
                "tags": _json(entry.tags),
                "end_user": entry.end_user,
                "tries": _json(entry.tries),
            }
        )

    async def flush(self) -> None:
        """Return when every entry recorded before can be read.

        Raises:
            NotReadyError: the database cannot be written right now. Nothing is lost.
        """
        await self._writer.flush()


def _json(value: Any) -> str | None:
    """Return the text that a JSON column keeps; the writer knows no types."""
    return None if value is None else to_json(value).decode()
