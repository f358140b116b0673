"""Models that write more than their streams show: what they think, or all of it at once."""

from typing import Final

import structlog

from app.services.admission.admitted import Admitted
from app.services.admission.bounds import TEMPLATE_TOKENS

MAX_MODELS: Final = 10_000  # names of models come from callers: what is remembered has a bound

_log: Final = structlog.stdlib.get_logger(__name__)


class HiddenOutput:
    """Remembers who has done so. There is nothing to see in time: slices do not bound them."""

    def __init__(self) -> None:
        """Know of nobody yet."""
        self._models: set[tuple[str | None, str]] = set()

    def is_known_of(self, upstream: str | None, model: str) -> bool:
        """Say whether a model of an upstream has done so; where too many have, all may."""
        return (upstream, model) in self._models or len(self._models) >= MAX_MODELS

    def note(self, admitted: Admitted, units_out: int) -> None:
        """Note what a call has written in the end. Text has at most one token a byte."""
        if not admitted.hold.stream:
            return
        upstream, model = admitted.offer.target.upstream, admitted.upstream_model
        most = admitted.written + TEMPLATE_TOKENS
        if not admitted.is_held_in_full:
            most = min(most, admitted.held_output)
        if units_out > most and not self.is_known_of(upstream, model):
            self._models.add((upstream, model))
            _log.warning("output_was_hidden", upstream=upstream, model=model, tokens=units_out)
