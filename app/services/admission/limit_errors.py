"""What a caller is told who goes over a limit."""

from collections.abc import Mapping
from typing import Final

from app.core.errors import RateLimitedError
from app.services.admission.refusals import LimitKind, LimitRefusal
from app.services.admission.scopes import ScopeKind

_WHOSE: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.INSTANCE: "This gateway takes",
    ScopeKind.TEAM: "Your team may make",
    ScopeKind.USER: "You may make",
    ScopeKind.KEY: "This key may make",
}
_WHAT: Final[Mapping[LimitKind, str]] = {
    LimitKind.REQUESTS: "calls a minute",
    LimitKind.TOKENS: "tokens a minute",
    LimitKind.PARALLEL: "calls at once",
}


def limit_error(refusal: LimitRefusal, headers: Mapping[str, str]) -> RateLimitedError:
    """Return the error for a call that a limit refuses.

    Args:
        refusal: Why.
        headers: What is left of the tightest limits.
    """
    verb = "may use" if refusal.kind is LimitKind.TOKENS else ""
    whose = _WHOSE[refusal.scope.kind]
    if verb:
        whose = whose.replace("may make", verb)
    seconds = refusal.retry_after_seconds
    return RateLimitedError(
        f"{whose} {refusal.limit:,} {_WHAT[refusal.kind]}, and that is used up. "
        f"Try again in {seconds:.1f} s; an admin can raise the limit.",
        retry_after_seconds=seconds,
        headers=headers,
    )
