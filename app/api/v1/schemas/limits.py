"""Limits on the wire."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from app.api.v1.schemas.amounts import WaitSeconds
from app.api.v1.schemas.budgets import ScopeId
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.models.budgets import LimitRow
from app.services.admission.scopes import ScopeKind
from app.services.limits import LimitTerms, LimitWish
from app.utils.paging import Page

_WAIT: Final = (
    "How long a call waits for its turn before it is refused. For teams and keys alone; where both "
    "say so, the longer time holds."
)
_Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
_Requests = Annotated[_Count | None, Field(description="Calls in a minute. Null: no limit.")]
_Tokens = Annotated[
    _Count | None, Field(description="Tokens in a minute, in and out. Null: no limit.")
]
_Parallel = Annotated[_Count | None, Field(description="Calls at the same time. Null: no limit.")]


class LimitCreate(BaseModel):
    """What an admin sends to limit what a scope may do: at least one of the last four."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "scope": "key",
                    "scope_id": "key_01k9ab7xw2m4n6p8q0r2s4t6v8",
                    "requests_per_minute": 60,
                    "tokens_per_minute": 100_000,
                    "parallel_calls": 4,
                    "wait_up_to_seconds": 10,
                }
            ]
        },
    )

    scope: Annotated[ScopeKind, Field(description="Whose calls it counts.")]
    scope_id: ScopeId | None = None
    requests_per_minute: _Requests = None
    tokens_per_minute: _Tokens = None
    parallel_calls: _Parallel = None
    wait_up_to_seconds: Annotated[WaitSeconds | None, Field(description=_WAIT)] = None

    def to_wish(self) -> LimitWish:
        """Return what is asked for."""
        return LimitWish(self.scope, self.scope_id, _terms(self))


class LimitUpdate(BaseModel):
    """What an admin sends to change a limit. What is left out stays; null is no limit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"requests_per_minute": 120, "parallel_calls": None}]},
    )

    requests_per_minute: _Requests = None
    tokens_per_minute: _Tokens = None
    parallel_calls: _Parallel = None
    wait_up_to_seconds: Annotated[WaitSeconds | None, Field(description=_WAIT)] = None

    def to_terms(self) -> LimitTerms:
        """Return what is to change."""
        return _terms(self)


class LimitOut(BaseModel):
    """What is seen of a limit."""

    id: str
    scope: ScopeKind
    scope_id: Annotated[str | None, Field(description="Null: the whole instance.")]
    requests_per_minute: _Requests
    tokens_per_minute: _Tokens
    parallel_calls: _Parallel
    wait_up_to_seconds: Annotated[float, Field(description=_WAIT)]
    created_at: datetime

    @classmethod
    def of(cls, limit: LimitRow) -> Self:
        """Build the wire form of a stored limit."""
        return cls(
            id=limit.id,
            scope=ScopeKind(limit.scope),
            scope_id=limit.scope_id or None,
            requests_per_minute=limit.requests_per_minute,
            tokens_per_minute=limit.tokens_per_minute,
            parallel_calls=limit.parallel_calls,
            wait_up_to_seconds=limit.wait_up_to_ms / 1000,
            created_at=from_epoch_ms(limit.created_at_ms),
        )


class LimitList(PageOut[LimitOut]):
    """One page of limits, newest first."""

    @classmethod
    def of(cls, page: Page[LimitRow]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, LimitOut.of, lambda out: out.id)


def _terms(sent: LimitCreate | LimitUpdate) -> LimitTerms:
    """Return what was sent. Not to wait is to wait for no time."""
    terms: dict[str, Any] = sent.model_dump(exclude_unset=True, exclude={"scope", "scope_id"})
    if "wait_up_to_seconds" in terms:
        seconds = terms.pop("wait_up_to_seconds")
        terms["wait_up_to_ms"] = int((seconds or 0) * 1000)
    return LimitTerms(**terms)
