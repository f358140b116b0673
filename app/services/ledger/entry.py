"""One usage row: what is written down about a call."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple


class Status(StrEnum):
    """How a call ended, as the ledger says it."""

    OK = "ok"
    ERROR = "error"
    CANCELLED = "cancelled"  # the client left before the end


class Basis(StrEnum):
    """Where the units of an entry come from."""

    REPORTED = "reported"  # by the upstream
    COUNTED = "counted"  # by us, from what was seen
    ESTIMATED = "estimated"  # an upper bound, because nobody knows


class Entry(NamedTuple):
    """One call, as it ended. Every admitted call has exactly one.

    These are the columns of its table, in their order, but for when it was settled.
    """

    id: str  # the x-request-id of the answer
    created_at_ms: int  # epoch milliseconds, when the call was admitted
    key_id: str
    client_request_id: str | None
    task: str
    model: str  # as the caller named it
    upstream: str | None  # None where no upstream was chosen
    upstream_model: str | None
    stream: bool
    status: str  # of `Status`
    error_code: str | None
    finish_reason: str | None
    units_in: int | None  # tokens; None where unknown
    units_out: int | None
    basis: str | None  # of `Basis`; None where no units are known
    attempts: int
    latency_ms: int
    ttft_ms: int | None  # time to first token (first answer event); None where none came
    user_id: str | None  # None where no person's key called
    team_id: str | None  # that the call is charged to
    unit_in: str | None = None  # the kind of `units_in`: token, character, second ...
    unit_out: str | None = None
    cached_in: int | None = None  # those of `units_in` that the upstream had in its cache
    cost_nusd: int | None = None  # nano-dollars; None where the price is unknown
    held_nusd: int = 0  # the most that was reserved for it
    price: str | None = None  # the one used: `Price.json`
    charged: str | None = None  # ids of the budget periods that it counts into, as JSON
    tags: Mapping[str, str] | None = None  # None where there are none
    end_user: str | None = None  # whom the caller says it is for (OpenAI's `user`)
    tries: Sequence[Mapping[str, Any]] | None = None  # each attempt, paid losers included
