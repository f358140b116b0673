"""Says where a call would go now, and why. It asks nobody and takes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.core.gateway_models import Strategy
from app.services.routing.catalogue import Patterns
from app.services.routing.entrances import Entrances
from app.services.routing.ordering import Asker, Candidate, in_order
from app.services.routing.plan import Choice, Planner
from app.services.routing.reasons import obstacle, rank_reason
from app.services.routing.router import Price, Router
from app.services.routing.target import Target
from app.services.routing.upstream_views import TargetView, UpstreamViews

_MIDDLE: Final = 0.5  # what chance brings on average


@dataclass(frozen=True, slots=True)
class Question:
    """What would be called, and by whom."""

    model: str | None
    allowed: Patterns
    identity: str  # of the end user, or of who calls
    stream: bool
    text_bytes: int


@dataclass(frozen=True, slots=True)
class ExplainedTarget:
    """One target of a plan, and why it stands where it does."""

    target: Target
    candidate: Candidate
    view: TargetView
    price: Price | None
    context: int | None  # tokens
    is_drained: bool
    has_room: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class ExplainedPlan:
    """The plan of a call, as it would be made now."""

    name: str  # the public one
    strategy: Strategy
    targets: Sequence[ExplainedTarget]


class Explainer:
    """Orders the targets of a model as a call would find them."""

    def __init__(
        self, router: Router, planner: Planner, views: UpstreamViews, entrances: Entrances
    ) -> None:
        """Take who makes plans, and what they depend on."""
        self._router = router
        self._planner = planner
        self._views = views
        self._entrances = entrances

    def explain(self, question: Question) -> ExplainedPlan:
        """Return the plan of a call. Who is asked first comes first, who is not asked comes last.

        Where chance decides, the likeliest order is shown.

        Raises:
            ModelRequiredError, ModelNotAllowedError, ModelNotFoundError: nobody answers.
        """
        choice = self._router.choose(question.model, question.allowed)

        found = [self._found(choice, target, question) for target in choice.targets]
        asker = Asker(question.identity, lambda: _MIDDLE)
        order = in_order([one.candidate for one in found], choice.strategy, asker)
        targets = _with_reasons(
            [found[place] for place in order], choice.strategy, stream=question.stream
        )
        return ExplainedPlan(choice.name, choice.strategy, targets)

    def _found(self, choice: Choice, target: Target, question: Question) -> ExplainedTarget:
        quote, entrance = self._router.quote(choice, target), self._entrances.of(target.upstream)

        def estimate(_: Target) -> int | None:
            return quote.likely_nusd(question.text_bytes)

        return ExplainedTarget(
            target=target,
            candidate=self._planner.candidate(target, estimate, stream=question.stream),
            view=self._views.of_place(target.place),
            price=quote.price,
            context=self._router.context(choice, target),
            is_drained=entrance.is_drained,
            has_room=entrance.gate.has_room,
        )


def _with_reasons(
    ordered: Sequence[ExplainedTarget], strategy: Strategy, *, stream: bool
) -> list[ExplainedTarget]:
    """Move those that are not asked in their turn behind the others, and say why of each."""
    obstacles = {one.target: _obstacle(one) for one in ordered}
    among = [one.candidate for one in ordered if obstacles[one.target] is None]
    explained: list[ExplainedTarget] = []
    for one in sorted(ordered, key=_lateness):
        why = obstacles[one.target]
        if why is None:
            turn = "asked where those before it fail" if explained else "asked first"
            why = f"{turn}: {rank_reason(one.candidate, among, strategy, stream=stream)}"
        explained.append(replace(one, why=why))
    return explained


def _lateness(one: ExplainedTarget) -> tuple[bool, bool, bool]:
    return one.is_drained, one.view.standing.wait_seconds > 0, not one.has_room


def _obstacle(one: ExplainedTarget) -> str | None:
    return obstacle(one.view.standing, is_drained=one.is_drained, has_room=one.has_room)
