"""The caller's part of the ledger on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field

from app.core.clock import from_epoch_ms
from app.db.repositories.entries import StatusSum
from app.models.entries import EntryRow
from app.services.ledger.entry import Basis, Status
from app.services.ledger.reports import Period
from app.utils.paging import Page


class EntryOut(BaseModel):
    """One call, as it ended. Its id is the `x-request-id` of the answer."""

    id: str
    client_request_id: str | None
    created_at: datetime
    settled_at: datetime
    key_id: str
    task: str
    model: str
    upstream: str | None
    upstream_model: str | None
    stream: bool
    status: Status
    error_code: str | None
    finish_reason: str | None
    units_in: Annotated[int | None, Field(description="Tokens. Null where unknown.")]
    units_out: Annotated[int | None, Field(description="Tokens. Null where unknown.")]
    basis: Annotated[
        Basis | None, Field(description="Where the units come from. Null where none are known.")
    ]
    attempts: int
    latency_ms: int
    ttft_ms: Annotated[int | None, Field(description="Time to the first event of the answer.")]

    @classmethod
    def of(cls, row: EntryRow) -> Self:
        """Build the wire form of a stored entry."""
        return cls(
            id=row.id,
            client_request_id=row.client_request_id,
            created_at=from_epoch_ms(row.created_at_ms),
            settled_at=from_epoch_ms(row.settled_at_ms),
            key_id=row.key_id,
            task=row.task,
            model=row.model,
            upstream=row.upstream,
            upstream_model=row.upstream_model,
            stream=row.stream,
            status=Status(row.status),
            error_code=row.error_code,
            finish_reason=row.finish_reason,
            units_in=row.units_in,
            units_out=row.units_out,
            basis=None if row.basis is None else Basis(row.basis),
            attempts=row.attempts,
            latency_ms=row.latency_ms,
            ttft_ms=row.ttft_ms,
        )


class EntryList(BaseModel):
    """One page of entries, newest first."""

    object: Literal["list"]
    data: list[EntryOut]
    has_more: bool
    first_id: str | None
    last_id: str | None

    @classmethod
    def of(cls, page: Page[EntryRow]) -> Self:
        """Build the wire form of a page."""
        ids = [row.id for row in page.items]
        return cls(
            object="list",
            data=[EntryOut.of(row) for row in page.items],
            has_more=page.has_more,
            first_id=ids[0] if ids else None,
            last_id=ids[-1] if ids else None,
        )


class CallsByStatus(BaseModel):
    """How calls ended."""

    ok: int
    error: int
    cancelled: Annotated[int, Field(description="The client left before the end.")]


class UsageOut(BaseModel):
    """What the caller's calls add up to."""

    since: Annotated[datetime | None, Field(description="Null: from the first call on.")]
    until: Annotated[datetime | None, Field(description="Null: up to now.")]
    calls: int
    calls_by_status: CallsByStatus
    calls_without_units: Annotated[
        int, Field(description="Calls whose units nobody knows: they are not in the sums below.")
    ]
    units_in: Annotated[int, Field(description="Tokens.")]
    units_out: Annotated[int, Field(description="Tokens.")]

    @classmethod
    def of(cls, sums: Sequence[StatusSum], period: Period) -> Self:
        """Build the wire form of the sums of a period."""
        calls = {one.status: one.calls for one in sums}
        return cls(
            since=period.since,
            until=period.until,
            calls=sum(calls.values()),
            calls_by_status=CallsByStatus(
                ok=calls.get(Status.OK, 0),
                error=calls.get(Status.ERROR, 0),
                cancelled=calls.get(Status.CANCELLED, 0),
            ),
            calls_without_units=sum(one.calls_without_units for one in sums),
            units_in=sum(one.units_in for one in sums),
            units_out=sum(one.units_out for one in sums),
        )
