"""What is held for calls that run: more, where a stream or another attempt needs it."""

from app.services.admission import till
from app.services.admission.admitted import Admitted
from app.services.ledger.ledger import Ledger
from app.services.routing.target import Target


class Holds:
    """Lets holds grow: first in the ledger, which may refuse, then in memory."""

    def __init__(self, ledger: Ledger) -> None:
        """Take where holds are written."""
        self._ledger = ledger

    def top_up(self, admitted: Admitted, written: int) -> bool:
        """Hold more for a stream that nears its hold; return whether it may go on.

        Args:
            admitted: The stream's call.
            written: At most so many tokens has it written.

        Raises:
            NotReadyError: the ledger cannot take it; nothing more is held.
        """
        admitted.written = written
        if not admitted.wants_top_up(written):
            return True
        growth = till.growth_of(admitted, written)
        if growth is not None:
            self._ledger.top_up(growth.hold, growth.charges, is_durable=admitted.is_hard)
            till.grow(admitted, growth)
        return admitted.may_go_on(written)

    def go_on(self, admitted: Admitted, target: Target) -> bool:
        """Hold what one more attempt needs; return whether it may be made.

        What attempts before it may have cost stays held.

        Raises:
            NotReadyError: the ledger cannot take it; nothing more is held.
        """
        if admitted.offer.target is target and not admitted.spent_nusd:
            return True
        offer = admitted.offer_of(target)
        growth = till.growth_for(admitted, offer)
        if growth is None:
            return False
        if growth.nusd:
            self._ledger.top_up(growth.hold, growth.charges, is_durable=admitted.is_hard)
        till.grow(admitted, growth)
        admitted.offer, admitted.written = offer, 0
        return True
