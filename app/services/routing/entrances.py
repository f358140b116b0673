"""What lies before each upstream: how many calls it gets, and whether it gets any."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.core.gateway_file import UpstreamConfig
from app.services.routing.gate import Gate
from app.services.routing.retry_budget import RetryBudget


@dataclass(slots=True)
class Entrance:
    """The way into one upstream."""

    gate: Gate
    retries: RetryBudget = field(default_factory=RetryBudget)
    is_drained: bool = False  # by an operator: no new call goes there, those that run go on


class Entrances:
    """One entrance for each upstream."""

    def __init__(self, upstreams: Mapping[str, UpstreamConfig]) -> None:
        """Take how many calls the upstreams are to get at once."""
        self._entrances = {
            name: Entrance(Gate(f"The upstream {name!r}", config.max_parallel))
            for name, config in upstreams.items()
        }

    def of(self, upstream: str) -> Entrance:
        """Return the entrance of an upstream."""
        return self._entrances[upstream]

    def names(self) -> Iterable[str]:
        """Return the names of all upstreams."""
        return self._entrances
