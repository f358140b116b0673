"""What a caller is told who is refused for now."""

from collections.abc import Mapping
from typing import Final

from app.core.errors import AppError, BudgetBusyError, RateLimitedError
from app.services.admission.refusals import BudgetRefusal, LimitKind, LimitRefusal, Refusal
from app.services.admission.scopes import ScopeKind

_WHO: Final[Mapping[ScopeKind, str]] = {
    ScopeKind.INSTANCE: "All callers of this gateway together",
    ScopeKind.TEAM: "Your team",
    ScopeKind.USER: "You",
    ScopeKind.KEY: "This key",
}
_MAY: Final[Mapping[LimitKind, str]] = {
    LimitKind.REQUESTS: "may make {limit:,} calls a minute",
    LimitKind.TOKENS: "may use {limit:,} tokens a minute",
    LimitKind.PARALLEL: "may have {limit:,} calls running at once",
}


def error_of(refusal: Refusal) -> AppError:
    """Return the error for a call that is refused for now."""
    seconds = refusal.retry_after_seconds
    match refusal:
        case BudgetRefusal(message=message):
            return BudgetBusyError(message, retry_after_seconds=seconds)
        case LimitRefusal(kind=kind, limit=limit):
            may = _MAY[kind].format(limit=limit)
            return RateLimitedError(
                f"{_WHO[refusal.scope.kind]} {may}, and that is used up for now. Try again in "
                f"{max(seconds, 0.1):.1f} s; an admin can raise the limit.",
                retry_after_seconds=seconds,
            )
        case _:
            raise TypeError(f"No error for {refusal}.")
