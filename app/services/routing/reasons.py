"""Why a target stands where it does in a plan, in words."""

from collections.abc import Sequence

from app.core.gateway_models import Strategy
from app.core.money import usd_text
from app.services.routing.health import Standing
from app.services.routing.ordering import Candidate


def obstacle(standing: Standing, *, is_drained: bool, has_room: bool) -> str | None:
    """Return why a target is not asked in its turn, or None: it is."""
    if is_drained:
        return "not asked: an operator has drained its upstream"
    if standing.wait_seconds:
        return f"skipped while others can be asked: {_waits(standing)}"
    if not has_room:
        return "asked after those with room: its upstream has as many calls as it may have at once"
    return None


def rank_reason(
    one: Candidate, among: Sequence[Candidate], strategy: Strategy, *, stream: bool
) -> str:
    """Return what its strategy says of a target among those that can be asked."""
    if len(among) == 1:
        return "no other can be asked"
    words = _strategy_words(one, among, strategy, stream=stream)
    if len({other.priority for other in among}) > 1:
        return f"priority {one.priority}, {words}"
    return words


def _strategy_words(
    one: Candidate, among: Sequence[Candidate], strategy: Strategy, *, stream: bool
) -> str:
    match strategy:
        case Strategy.WEIGHTED:
            total = sum(other.weight for other in among if other.priority == one.priority)
            return f"by chance, {one.weight / total:.0%} of the calls of its priority"
        case Strategy.FASTEST:
            return _speed(one.seconds, stream=stream)
        case Strategy.CHEAPEST:
            return _cost(one.nusd)
        case Strategy.LEAST_BUSY:
            return f"{one.running} running calls for a weight of {one.weight:g}"
        case Strategy.STICKY:
            return "drawn once for this caller, and always the same"


def _speed(seconds: float | None, *, stream: bool) -> str:
    if seconds is None:
        return "not measured yet, so it is tried"
    return f"{seconds:.2f} s until the {'first words' if stream else 'answer'}"


def _cost(nusd: int | None) -> str:
    return "its price is not known" if nusd is None else f"{usd_text(nusd)} for a call like this"


def _waits(standing: Standing) -> str:
    match standing.reason:
        case "breaker_open":
            return f"its breaker is open for {standing.wait_seconds:.1f} s"
        case "breaker_half_open":
            return "one call finds out whether it works again"
        case code:
            return f"left alone for {standing.wait_seconds:.1f} s after {code}"
