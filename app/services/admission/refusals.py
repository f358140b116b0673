"""Why a call is not let in now, for the call itself and for whoever lets it wait."""

from dataclasses import dataclass
from enum import StrEnum

from app.services.admission.scopes import AccountScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A no that may become a yes: it names who stands in the way, and when to ask again."""

    scope: AccountScope
    retry_after_seconds: float  # a guess where only the end of another call can help


class LimitKind(StrEnum):
    """What a limit counts."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    PARALLEL = "parallel"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRefusal(Refusal):
    """A call that goes over a limit."""

    kind: LimitKind
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRefusal(Refusal):
    """A call for which a budget has money, but not while other calls hold it."""

    message: str
