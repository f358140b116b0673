"""Which rows somebody may see. What is out of sight is not found, like what does not exist."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything, or what is one's own and what belongs to some teams."""

    is_all: bool
    user_id: str | None
    team_ids: frozenset[str]
