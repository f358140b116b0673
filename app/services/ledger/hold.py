"""What is reserved for one call, from its admission to its end."""

from collections.abc import Mapping
from typing import NamedTuple


class Hold(NamedTuple):
    """The row of intent of one call: who, what for, and at most how much.

    These are the columns of its table, in their order, but for the lease.
    """

    id: str  # of the entry that it becomes
    created_at_ms: int
    key_id: str
    client_request_id: str | None
    task: str
    model: str
    upstream: str | None
    upstream_model: str | None
    stream: bool
    user_id: str | None
    team_id: str | None
    unit_in: str | None
    unit_out: str | None
    units_in: int  # at most so many
    units_out: int  # at most so many before it is topped up
    held_nusd: int
    price: str | None  # `Price.json`
    charged: str | None  # ids of budget periods, as JSON
    tags: Mapping[str, str]
    end_user: str | None
