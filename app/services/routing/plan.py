"""Whom to ask for a call, and in which order."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.core.errors import UpstreamUnavailableError
from app.core.gateway_models import Strategy
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health, Standing
from app.services.routing.ordering import Asker, Candidate, in_order
from app.services.routing.target import Target

Estimate = Callable[[Target], int | None]  # what a call costs there, in nano-dollars


class Choice(NamedTuple):
    """Everybody who answers for a public name."""

    name: str
    targets: Sequence[Target]
    strategy: Strategy = Strategy.WEIGHTED


class Plan(NamedTuple):
    """Whom to ask for one call, the first one first."""

    name: str  # the public one
    targets: Sequence[Target]


class Planner:
    """Orders targets by priority and strategy. Who cannot be asked now comes later, not never."""

    def __init__(self, health: Health, entrances: Entrances) -> None:
        """Take how upstreams do, and how busy they are."""
        self._health = health
        self._entrances = entrances

    def plan(self, choice: Choice, asker: Asker, estimate: Estimate, *, stream: bool) -> Plan:
        """Return in which order to ask for a call. Upstreams that are drained are left out.

        Raises:
            UpstreamUnavailableError: all of them are.
        """
        of = self._entrances.of
        targets = [one for one in choice.targets if not of(one.upstream).is_drained]
        if not targets:
            raise UpstreamUnavailableError(
                f"Every upstream of the model {choice.name!r} is drained: an operator lets no new "
                "call go there for now."
            )
        if len(targets) > 1:
            candidates = [self.candidate(one, estimate, stream=stream) for one in targets]
            order = in_order(candidates, choice.strategy, asker)
            targets = [targets[place] for place in order]
        return Plan(choice.name, targets)

    def candidate(self, target: Target, estimate: Estimate, *, stream: bool) -> Candidate:
        """Return what the order of a target depends on."""
        known = self._health.known(target.place)
        return Candidate(
            priority=target.priority,
            weight=target.weight,
            identity=f"{target.upstream}\0{target.model}\0{target.credential}",
            running=known.running if known else 0,
            seconds=known.measured(stream=stream) if known else None,
            nusd=estimate(target),
        )

    def standing(self, target: Target) -> Standing:
        """Return whether a target can be asked now."""
        return self._health.standing(target.place)
