"""Stored requests and answers, as admins read them. Who did is written down."""

from app.core.clock import Clock, epoch_ms
from app.core.errors import NotFoundError
from app.db.repositories.people import People
from app.models.bodies import BodyRow
from app.services.access import require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.ledger.ledger import Ledger


class BodyReader:
    """Shows what is stored of a call inside the caller's transaction. Only admins may look."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock, ledger: Ledger) -> None:
        """Take where bodies are, who looks, the time, and the ledger that may still hold some."""
        self._bodies = people.bodies
        self._trail = trail
        self._clock = clock
        self._ledger = ledger

    async def read(self, entry_id: str) -> BodyRow:
        """Return what is stored of one call, and write down that somebody has looked.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: nothing is stored of such a call.
            NotReadyError: bodies cannot be written or read right now.
        """
        require_admin(self._trail.who, to="read what users sent and were answered")
        await self._ledger.flush()  # before our transaction begins, which would keep it waiting
        found = await self._bodies.get(entry_id, now_ms=epoch_ms(self._clock.now()))
        if found is None:
            raise NotFoundError(
                "Nothing is stored of such a call. Bodies are stored while a rule says so "
                "(`GET /v1/admin/body-rules` lists them), and deleted when they expire."
            )
        await self._trail.record(Action.BODY_READ, entry_id, team_id=found.team_id)
        return found.row
