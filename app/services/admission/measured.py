"""A call's size and fields, looked at once however often it asks for its turn."""

from app.core.gateway_models import ModelBounds
from app.services.admission.bounds import Bound, bound_of
from app.services.admission.price_fields import refuse_unpriced_fields
from app.services.call import Call
from app.services.prices.quote import Context
from app.utils.json_values import encoded


class Measured:
    """One call, with what was found out about its body."""

    __slots__ = ("_asked", "_bound", "_is_priced", "call")

    def __init__(self, call: Call) -> None:
        """Take the call; nothing is measured yet."""
        self.call = call
        self._asked: tuple[ModelBounds, Context, bool] | None = None
        self._bound: Bound | None = None
        self._is_priced = False

    def bound(self, terms: ModelBounds, context: Context, *, is_metered: bool) -> Bound:
        """Return at most how many tokens it can use.

        Args:
            terms: What the operator says of the model.
            context: How many tokens it can hold in all.
            is_metered: Its body may be written anew, and then be longer than it came.
        """
        asked = (terms, context, is_metered)
        if self._bound is None or asked != self._asked:
            self._asked = asked
            size_bytes = len(self.call.body)
            if is_metered:
                size_bytes = max(size_bytes, len(encoded(self.call.payload)))
            self._bound = bound_of(self.call.payload, size_bytes, terms, context)
        return self._bound

    def refuse_unpriced_fields(self) -> None:
        """Return if nothing in it changes its price in an unknown way.

        Raises:
            PriceUnknownError: a field does, which `param` names.
        """
        if not self._is_priced:
            refuse_unpriced_fields(self.call.payload)
            self._is_priced = True
