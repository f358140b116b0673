"""One usage row: what is written down about a call."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One call, as it ended. Every admitted call has exactly one."""

    id: str  # the x-request-id of the answer
    created_at_ms: int  # epoch milliseconds, when the call was admitted
    key_id: str
    client_request_id: str | None
    task: str
    model: str  # as the caller named it
    upstream: str | None  # None where no upstream was chosen
    upstream_model: str | None
    stream: bool
    status: Status
    error_code: str | None
    finish_reason: str | None
    units_in: int | None  # tokens; None where unknown
    units_out: int | None
    basis: Basis | None  # None where no units are known
    attempts: int
    latency_ms: int
    ttft_ms: int | None  # time to first token (first answer event); None where none came
    user_id: str | None  # None where no person's key called
    team_id: str | None  # that the call is charged to
