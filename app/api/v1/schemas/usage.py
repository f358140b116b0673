"""What calls add up to, on the wire.

The numbers are ours: to validate thousands of points would take longer than to add them up.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from app.core.clock import from_epoch_ms
from app.core.money import usd_of
from app.core.tasks.units import Unit
from app.services.ledger.report_form import Group, Percentiles, Point, Summary
from app.services.ledger.reports import UsageReport
from app.utils.histogram import RELATIVE_ERROR


class CallsByStatus(BaseModel):
    """How calls ended."""

    ok: int
    error: int
    cancelled: Annotated[int, Field(description="The client left before the end.")]


class PercentilesOut(BaseModel):
    """How long it took: half of the calls at most p50, and so on."""

    p50: int
    p95: int
    p99: int
    relative_error: Annotated[
        float, Field(description="Each is at most this part of itself off the true value.")
    ]

    @classmethod
    def of(cls, found: Percentiles | None) -> Self | None:
        """Build the wire form of percentiles, where there are any."""
        if found is None:
            return None
        return cls.model_construct(
            p50=found.p50, p95=found.p95, p99=found.p99, relative_error=RELATIVE_ERROR
        )


class UnitSumsOut(BaseModel):
    """How many units of one kind went in, and came out."""

    units_in: int
    units_out: int


class SumsOut(BaseModel):
    """What some calls add up to."""

    calls: int
    calls_by_status: CallsByStatus
    calls_without_units: Annotated[
        int, Field(description="Calls whose units nobody knows: they are not in the sums below.")
    ]
    calls_without_cost: Annotated[
        int, Field(description="Calls whose price is unknown: they are not in `cost_usd`.")
    ]
    calls_with_assumed_price: Annotated[
        int, Field(description="Calls whose cost is what a budget assumes of unknown prices.")
    ]
    units_in: Annotated[int, Field(description="Tokens. Other kinds are in `other_units`.")]
    units_out: Annotated[int, Field(description="Tokens. Other kinds are in `other_units`.")]
    other_units: Annotated[
        dict[Unit, UnitSumsOut],
        Field(description="What tasks are measured in: each kind of which there were some."),
    ]
    cost_usd: Annotated[
        float | None, Field(description="US dollars. Null where no call's cost is known.")
    ]
    latency_ms: Annotated[PercentilesOut | None, Field(description="Null where there is no call.")]
    ttft_ms: Annotated[
        PercentilesOut | None,
        Field(description="Time to the first event of streams. Null where none came."),
    ]


def _sums(summary: Summary) -> dict[str, Any]:
    sums = summary.sums
    is_known = sums.without_cost < sums.calls or sums.calls == 0
    return {
        "calls": sums.calls,
        "calls_by_status": CallsByStatus.model_construct(
            ok=sums.ok, error=sums.error, cancelled=sums.cancelled
        ),
        "calls_without_units": sums.without_units,
        "calls_without_cost": sums.without_cost,
        "calls_with_assumed_price": sums.assumed_price,
        "units_in": sums.units_in,
        "units_out": sums.units_out,
        "other_units": {
            unit: UnitSumsOut.model_construct(**units._asdict())
            for unit, units in sums.other_units.items()
        },
        "cost_usd": usd_of(sums.cost_nusd) if is_known else None,
        "latency_ms": PercentilesOut.of(summary.latency_ms),
        "ttft_ms": PercentilesOut.of(summary.ttft_ms),
    }


class PointOut(SumsOut):
    """One minute, hour, day or week of a series."""

    start: Annotated[datetime, Field(description="When it begins, in UTC.")]

    @classmethod
    def list_of(cls, points: Sequence[Point] | None) -> list[Self] | None:
        """Build the wire form of a series, where there is one."""
        if points is None:
            return None
        return [
            cls.model_construct(start=from_epoch_ms(point.start_ms), **_sums(point.summary))
            for point in points
        ]


_Series = Annotated[
    list[PointOut] | None,
    Field(description="Every point in order, those without calls too. Null without `interval`."),
]


class GroupOut(SumsOut):
    """The calls that have one value of `group_by`."""

    value: Annotated[
        str | None, Field(description="An id, a name, or `name=value`. Null: calls without one.")
    ]
    series: Annotated[
        list[PointOut] | None,
        Field(description="Of the ten largest groups. Null without `interval`."),
    ]

    @classmethod
    def of(cls, group: Group) -> Self:
        """Build the wire form of a group."""
        series = PointOut.list_of(group.series)
        return cls(value=group.value, series=series, **_sums(group.summary))


class UsageOut(SumsOut):
    """What the calls of a period add up to."""

    since: Annotated[datetime | None, Field(description="Null: from the first call on.")]
    until: Annotated[datetime | None, Field(description="Null: up to now.")]
    complete_since: Annotated[
        datetime | None,
        Field(
            description="Null: every call of the period is in it. Else entries from before this "
            "moment that it needs were deleted, as the operator's retention says."
        ),
    ]
    groups: Annotated[
        list[GroupOut] | None,
        Field(description="The largest cost first, then the most calls. Null without `group_by`."),
    ]
    has_more_groups: Annotated[bool, Field(description="Whether there are more than 500.")]
    series: _Series

    @classmethod
    def of(cls, report: UsageReport) -> Self:
        """Build the wire form of a report."""
        form = report.form
        return cls(
            since=report.period.since,
            until=report.period.until,
            complete_since=report.complete_since,
            groups=None if form.groups is None else [GroupOut.of(group) for group in form.groups],
            has_more_groups=form.is_cut,
            series=PointOut.list_of(form.series),
            **_sums(form.totals),
        )
