"""How upstreams do, as this process sees it. Nothing of that is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.clock import Clock
from app.core.errors import NotFoundError
from app.core.gateway_file import UpstreamConfig
from app.core.telemetry import UpstreamSample
from app.services.routing.breaker import BreakerState
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health, Place, Standing
from app.services.routing.target_health import TargetHealth

MOST_TARGETS: Final = 100  # of one upstream: callers name models as they like


@dataclass(frozen=True, slots=True)
class TargetView:
    """One model of an upstream, asked with one of its credentials."""

    model: str
    credential: str
    breaker: BreakerState
    standing: Standing
    health: TargetHealth


@dataclass(frozen=True, slots=True)
class UpstreamView:
    """One upstream, and what is known of it."""

    name: str
    config: UpstreamConfig
    is_drained: bool
    running: int
    waiting: int
    retries_left: int
    credentials: Mapping[str, Standing]
    targets: Sequence[TargetView]  # the last asked first

    @property
    def open_breakers(self) -> int:
        """Return how many of its targets are not asked, or only to find out."""
        return sum(one.breaker is not BreakerState.CLOSED for one in self.targets)

    @property
    def paused(self) -> int:
        """Return how many of its credentials are left alone for now."""
        return sum(one.wait_seconds > 0 for one in self.credentials.values())


class UpstreamViews:
    """Shows upstreams. To look changes nothing."""

    def __init__(
        self,
        upstreams: Mapping[str, UpstreamConfig],
        health: Health,
        entrances: Entrances,
        clock: Clock,
    ) -> None:
        """Take which upstreams there are, and who knows how they do."""
        self._upstreams = upstreams
        self._health = health
        self._entrances = entrances
        self._clock = clock

    def list_all(self) -> Sequence[UpstreamView]:
        """Return every upstream, in the order of the gateway file."""
        return [self.require(name) for name in self._entrances.names()]

    def samples(self) -> Sequence[UpstreamSample]:
        """Return every upstream as the metrics show it."""
        return [UpstreamSample(one.name, one.running, one.open_breakers) for one in self.list_all()]

    def require(self, name: str) -> UpstreamView:
        """Return one upstream.

        Raises:
            NotFoundError: there is no such upstream.
        """
        config = self._upstreams.get(name)
        if config is None:
            raise NotFoundError(
                "There is no such upstream. `GET /v1/admin/upstreams` lists them.",
                param="upstream",
            )
        entrance, now = self._entrances.of(name), self._clock.monotonic()
        return UpstreamView(
            name=name,
            config=config,
            is_drained=entrance.is_drained,
            running=entrance.gate.inside,
            waiting=entrance.gate.waiting,
            retries_left=entrance.retries.left(now),
            credentials={
                number: self._health.of_credential(name, number) for number in config.credentials
            },
            targets=self._targets(name),
        )

    def _targets(self, upstream: str) -> Sequence[TargetView]:
        asked = [one for one in self._health.all_places() if one[0].upstream == upstream]
        return [self.of_place(place) for place, _ in reversed(asked[-MOST_TARGETS:])]

    def of_place(self, place: Place) -> TargetView:
        """Return one model of an upstream under one credential, asked or not."""
        health = self._health.known(place) or TargetHealth()
        return TargetView(
            model=place.model,
            credential=place.credential,
            breaker=health.breaker.state(self._clock.monotonic()),
            standing=self._health.standing(place),
            health=health,
        )
