"""What is left of a caller's limits, in the headers that OpenAI's clients know."""

import math
from typing import Final

from app.services.admission.limits import RateState

_SECOND_MS: Final = 1_000
_MINUTE_MS: Final = 60 * _SECOND_MS
_HOUR_MS: Final = 60 * _MINUTE_MS


_REQUESTS: Final = tuple(f"x-ratelimit-{what}-requests" for what in ("limit", "remaining", "reset"))
_TOKENS: Final = tuple(f"x-ratelimit-{what}-tokens" for what in ("limit", "remaining", "reset"))


def rate_headers(state: RateState | None) -> dict[str, str]:
    """Return the `x-ratelimit-*` headers of what is left: none where nothing is limited."""
    headers: dict[str, str] = {}
    if state is None:
        return headers
    for (limit, remaining, reset), left in ((_REQUESTS, state.requests), (_TOKENS, state.tokens)):
        if left is not None:
            headers[limit] = f"{left.limit}"
            headers[remaining] = f"{left.remaining}"
            headers[reset] = duration(left.reset_seconds)
    return headers


def duration(seconds: float) -> str:
    """Return a span as OpenAI writes it, such as `17ms`, `1.5s` or `6m0s`; never too short."""
    milliseconds = math.ceil(round(seconds * _SECOND_MS, 3))
    if milliseconds < _SECOND_MS:
        return f"{milliseconds}ms" if milliseconds else "0s"
    hours, rest = divmod(milliseconds, _HOUR_MS)
    minutes, rest = divmod(rest, _MINUTE_MS)
    text = f"{rest / _SECOND_MS:g}s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text
