"""Which calls a report or a list of entries is about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from app.core.clock import epoch_ms
from app.core.errors import ForbiddenError, InvalidRequestError, NotFoundError
from app.db.repositories.usage_sums import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    WEEK_MS,
    Dimension,
    Span,
)
from app.services.access import manages_all, require_lead
from app.services.principals import Principal

_BEYOND_ALL_MS: Final = 2**62


class Interval(StrEnum):
    """How wide the points of a series are, in UTC."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"  # from Monday on

    @property
    def width_ms(self) -> int:
        """How many milliseconds a point covers."""
        return _WIDTHS[self]


_WIDTHS: Final[Mapping[Interval, int]] = {
    Interval.MINUTE: MINUTE_MS,
    Interval.HOUR: HOUR_MS,
    Interval.DAY: DAY_MS,
    Interval.WEEK: WEEK_MS,
}


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time: from the first moment on, up to but without the second."""

    since: datetime | None  # None means from the first call on
    until: datetime | None  # None means up to now

    def span(self) -> Span:
        """Return it in milliseconds.

        Raises:
            InvalidRequestError: it ends before it begins.
        """
        since, until = self.since, self.until
        if since is not None and until is not None and since >= until:
            raise InvalidRequestError("`until` must be later than `since`.", param="until")
        begin_ms = 0 if since is None else max(epoch_ms(since), 0)
        return Span(begin_ms, _BEYOND_ALL_MS if until is None else max(epoch_ms(until), begin_ms))


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Calls of a period that have certain values."""

    period: Period
    only: Mapping[Dimension, str] = field(default_factory=dict[Dimension, str])


def narrowed(own: CallFilter, only: Mapping[Dimension, str]) -> CallFilter:
    """Return those of somebody's own calls that have certain values too.

    Raises:
        ForbiddenError: they would be the calls of another key or person.
    """
    for dimension, value in own.only.items():
        if only.get(dimension, value) != value:
            raise ForbiddenError(
                f"These are your own calls alone. Leave `{dimension}_id` out, or ask "
                "`GET /v1/admin/usage/entries` if you are an admin or lead a team.",
                param=f"{dimension}_id",
            )
    return CallFilter(own.period, {**only, **own.only})


def in_sight(who: Principal, wanted: CallFilter) -> CallFilter:
    """Return calls if somebody may see them: an admin all, a lead those of a team they lead.

    Raises:
        ForbiddenError: they must name a team that they lead.
        NotFoundError: they are in no such team.
    """
    if manages_all(who):
        return wanted
    team_id = wanted.only.get(Dimension.TEAM)
    if team_id is None:
        raise ForbiddenError(
            "Only an admin may see the usage of all. If you lead a team, ask for its usage with "
            "`team_id`.",
            param="team_id",
        )
    if team_id not in who.member_of | who.leads:
        raise NotFoundError(
            "There is no such team that you may see. `GET /v1/teams` lists them.", param="team_id"
        )
    require_lead(who, team_id, to="see what its members use")
    return wanted
