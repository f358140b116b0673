"""Entries of the ledger on the wire."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from app.api.v1.schemas.page import PageOut
from app.models.entries import EntryRow
from app.services.ledger.entry import Basis, Status
from app.services.ledger.entry_facts import facts_of
from app.utils.paging import Page


class EntryPrice(BaseModel):
    """The price that a call was charged by."""

    source: Annotated[
        str, Field(description="Who says so. `assumed`: nobody, but a budget allows for it.")
    ]
    usd_per_million: Annotated[
        dict[str, float], Field(description="US dollars for 1,000,000 units of each kind.")
    ]


class EntryOut(BaseModel):
    """One call, as it ended. Its id is the `x-request-id` of the answer."""

    id: str
    client_request_id: str | None
    created_at: datetime
    settled_at: datetime
    key_id: str
    user_id: str | None
    team_id: str | None
    end_user: Annotated[str | None, Field(description="Whom the caller says it was for.")]
    tags: dict[str, str]
    task: str
    model: str
    upstream: str | None
    upstream_model: str | None
    stream: bool
    status: Status
    error_code: str | None
    finish_reason: str | None
    units_in: Annotated[int | None, Field(description="Null where unknown.")]
    unit_in: Annotated[str | None, Field(description="What they are: `token`, `second` ...")]
    cached_in: Annotated[int | None, Field(description="Those that the upstream had cached.")]
    units_out: Annotated[int | None, Field(description="Null where unknown.")]
    unit_out: Annotated[str | None, Field(description="What they are: `token`, `second` ...")]
    basis: Annotated[
        Basis | None, Field(description="Where the units come from. Null where none are known.")
    ]
    cost_usd: Annotated[float | None, Field(description="Null where the price is unknown.")]
    held_usd: Annotated[float, Field(description="The most that was reserved for it.")]
    price: Annotated[EntryPrice | None, Field(description="Null where it is unknown.")]
    charged: Annotated[list[str], Field(description="The budget periods that it counts into.")]
    attempts: int
    tries: Annotated[
        list[dict[str, Any]],
        Field(
            description="Each attempt, those paid in vain included; `compute_ms` is how long its "
            "upstream says that it has worked, where it does."
        ),
    ]
    latency_ms: int
    ttft_ms: Annotated[int | None, Field(description="Time to the first event of the answer.")]

    @classmethod
    def of(cls, row: EntryRow) -> Self:
        """Build the wire form of an entry."""
        return cls.model_validate(facts_of(row))


class EntryList(PageOut[EntryOut]):
    """One page of entries, newest first."""

    @classmethod
    def of(cls, page: Page[EntryRow]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, EntryOut.of, lambda out: out.id)
