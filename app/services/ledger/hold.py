"""What is reserved for one call, from its admission to its end."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Hold(NamedTuple):
    """The row of intent of one call: who, what for, and at most how much."""

    id: str  # of the entry that it becomes
    created_at_ms: int
    key_id: str
    user_id: str | None
    team_id: str | None
    client_request_id: str | None
    task: str
    model: str
    upstream: str | None
    upstream_model: str | None
    stream: bool
    unit_in: str | None
    unit_out: str | None
    units_in: int  # at most so many
    units_out: int  # at most so many before it is topped up
    held_nusd: int
    price: Mapping[str, Any] | None
    charged: tuple[str, ...]  # ids of budget periods
    tags: Mapping[str, str]
    end_user: str | None
