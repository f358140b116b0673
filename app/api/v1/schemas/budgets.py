"""Budgets on the wire. Money is US dollars, as numbers with at most nine digits after the point."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Final, NoReturn, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic.json_schema import SkipJsonSchema

from app.api.v1.schemas.amounts import PositiveUsd, Usd
from app.api.v1.schemas.fields import moment
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.core.money import nusd_of, usd_of
from app.models.budgets import EventRow
from app.services.admission.scopes import ScopeKind
from app.services.admission.terms import Period
from app.services.budget_accounts import BudgetAccount
from app.services.budget_editor import BudgetTerms, BudgetWish
from app.utils.paging import Page
from app.utils.time_zones import known_time_zone


class BudgetMode(StrEnum):
    """What happens when the money is spent."""

    HARD = "hard"
    SOFT = "soft"


def _ascending(percents: list[int]) -> list[int]:
    if any(one >= other for one, other in pairwise(percents)):
        raise ValueError("must be in ascending order, each once")
    return percents


def _object(value: object) -> object:
    """Refuse what FastAPI would look at for attributes."""
    if isinstance(value, Decimal):
        raise ValueError("must be an object")  # noqa: TRY004 - what pydantic turns into a refusal
    return value


def _refuse_change(_: object) -> NoReturn:
    raise ValueError("cannot be changed; create another budget, and archive this one")


ScopeId = Annotated[
    str,
    StringConstraints(max_length=64),
    Field(description="The id of the team, user or key. A key stands for its successors too."),
]
_Percents = Annotated[
    list[Annotated[int, Field(strict=True, ge=1, le=1000)]],
    Field(
        min_length=0,
        max_length=10,
        description="An event is recorded when so much of the cap is spent.",
    ),
    AfterValidator(_ascending),
]
_TimeZone = Annotated[
    str,
    StringConstraints(max_length=64),
    AfterValidator(known_time_zone),
    Field(description="In which days begin: a name of the tz database."),
]
_MODE: Final = "A `hard` budget refuses calls that do not fit; a `soft` one only tells."
_UNKNOWN: Final = "What a call holds whose price nobody knows. Null: such a call is refused."
_Fixed = Annotated[None, BeforeValidator(_refuse_change)]


class UnknownPrice(BaseModel):
    """What to do with a call whose price nobody knows."""

    model_config = ConfigDict(extra="forbid")

    hold_usd: Annotated[PositiveUsd, Field(description="It holds so much, and then costs it.")]


_UnknownPrice = Annotated[
    UnknownPrice | None, BeforeValidator(_object), Field(description=_UNKNOWN)
]


class BudgetCreate(BaseModel):
    """What an admin sends to create a budget."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "scope": "team",
                    "scope_id": "team_01k9ab7xw2m4n6p8q0r2s4t6v8",
                    "cap_usd": 250,
                    "period": "month",
                    "time_zone": "Europe/Berlin",
                    "alert_percents": [50, 80, 100],
                }
            ]
        },
    )

    scope: Annotated[ScopeKind, Field(description="Whose calls it counts.")]
    scope_id: ScopeId | None = None
    cap_usd: Annotated[Usd, Field(description="What may be spent in each period.")]
    period: Annotated[Period, Field(description="A `week` begins on Monday; `total` never ends.")]
    time_zone: _TimeZone = "UTC"
    mode: Annotated[BudgetMode, Field(description=_MODE)] = BudgetMode.HARD
    alert_percents: _Percents = [80, 100]
    unknown_price: _UnknownPrice = None

    def to_wish(self) -> BudgetWish:
        """Return what is asked for."""
        return BudgetWish(
            scope=self.scope,
            scope_id=self.scope_id,
            period=self.period,
            time_zone=self.time_zone,
            terms={
                "cap_nusd": nusd_of(self.cap_usd),
                "is_hard": self.mode is BudgetMode.HARD,
                "alert_percents": self.alert_percents,
                "unknown_hold_nusd": _hold(self.unknown_price),
            },
        )


class BudgetUpdate(BaseModel):
    """What an admin sends to change a budget. What is left out stays as it is.

    So does what is null, but for `unknown_price`, where it means something.
    """

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"cap_usd": 300}, {"mode": "soft"}]}
    )

    cap_usd: Annotated[Usd | None, Field(description="From now on, in this period too.")] = None
    mode: Annotated[BudgetMode | None, Field(description=_MODE)] = None
    alert_percents: _Percents | None = None
    unknown_price: _UnknownPrice = None
    scope: SkipJsonSchema[_Fixed] = None
    scope_id: SkipJsonSchema[_Fixed] = None
    period: SkipJsonSchema[_Fixed] = None
    time_zone: SkipJsonSchema[_Fixed] = None

    def to_terms(self) -> BudgetTerms:
        """Return what is to change. Null is a value of `unknown_price` alone."""
        terms: BudgetTerms = {}
        if self.cap_usd is not None:
            terms["cap_nusd"] = nusd_of(self.cap_usd)
        if self.mode is not None:
            terms["is_hard"] = self.mode is BudgetMode.HARD
        if self.alert_percents is not None:
            terms["alert_percents"] = self.alert_percents
        if "unknown_price" in self.model_fields_set:
            terms["unknown_hold_nusd"] = _hold(self.unknown_price)
        return terms


class UnknownPriceOut(BaseModel):
    """What happens with a call whose price nobody knows."""

    hold_usd: float


class BudgetOut(BaseModel):
    """What is seen of a budget: its terms, and what was spent in the current period."""

    id: str
    scope: ScopeKind
    scope_id: Annotated[str | None, Field(description="Null: the whole instance.")]
    cap_usd: float
    period: Period
    time_zone: str
    mode: BudgetMode
    alert_percents: list[int]
    unknown_price: Annotated[UnknownPriceOut | None, Field(description=_UNKNOWN)]
    settled_usd: Annotated[float, Field(description="What calls that have ended cost.")]
    held_usd: Annotated[float, Field(description="What running calls may still cost.")]
    left_usd: Annotated[float, Field(description="What neither is spent nor held.")]
    overshoot_usd: Annotated[
        float,
        Field(
            description="By how much a hard cap was exceeded: it was lowered, or an upstream "
            "billed above its own bound."
        ),
    ]
    starts_at: Annotated[datetime, Field(description="Since when money counts.")]
    resets_at: Annotated[datetime | None, Field(description="Null: it does not begin anew.")]
    created_at: datetime
    archived_at: Annotated[
        datetime | None, Field(description="Null: it binds. Else these are its last numbers.")
    ]

    @classmethod
    def of(cls, account: BudgetAccount) -> Self:
        """Build the wire form of a budget and its current period."""
        row, state = account.row, account.state
        hold_nusd = row.unknown_hold_nusd
        return cls(
            id=row.id,
            scope=ScopeKind(row.scope),
            scope_id=row.scope_id or None,
            cap_usd=usd_of(row.cap_nusd),
            period=Period(row.period),
            time_zone=row.time_zone,
            mode=mode_of(account),
            alert_percents=row.alert_percents,
            unknown_price=None
            if hold_nusd is None
            else UnknownPriceOut(hold_usd=usd_of(hold_nusd)),
            settled_usd=usd_of(state.settled_nusd),
            held_usd=usd_of(state.held_nusd),
            left_usd=usd_of(account.left_nusd),
            overshoot_usd=usd_of(account.overshoot_nusd),
            starts_at=from_epoch_ms(account.starts_at_ms),
            resets_at=moment(account.resets_at_ms),
            created_at=from_epoch_ms(row.created_at_ms),
            archived_at=moment(row.archived_at_ms),
        )


class BudgetList(PageOut[BudgetOut]):
    """One page of budgets, newest first."""

    @classmethod
    def of(cls, page: Page[BudgetAccount]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, BudgetOut.of, lambda out: out.id)


class BudgetEventOut(BaseModel):
    """Something that happened to a budget."""

    id: str
    at: datetime
    kind: Annotated[str, Field(description="`budget.alert` or `budget.overshoot`.")]
    facts: Annotated[
        dict[str, Any], Field(description="As it was then. What ends in `_usd` is US dollars.")
    ]

    @classmethod
    def of(cls, row: EventRow) -> Self:
        """Build the wire form of a stored event."""
        facts = dict(_fact(name, value) for name, value in row.facts.items())
        return cls(id=row.id, at=from_epoch_ms(row.at_ms), kind=row.kind, facts=facts)


class BudgetEventList(PageOut[BudgetEventOut]):
    """One page of a budget's events, newest first."""

    @classmethod
    def of(cls, page: Page[EventRow]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, BudgetEventOut.of, lambda out: out.id)


def mode_of(account: BudgetAccount) -> BudgetMode:
    """Return the mode of a budget."""
    return BudgetMode.HARD if account.row.is_hard else BudgetMode.SOFT


def _hold(unknown: UnknownPrice | None) -> int | None:
    return None if unknown is None else nusd_of(unknown.hold_usd)


def _fact(name: str, value: Any) -> tuple[str, Any]:
    """Return a fact with its money in US dollars."""
    stem = name.removesuffix("_nusd")
    return (name, value) if stem == name else (f"{stem}_usd", usd_of(value))
