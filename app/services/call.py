"""One request for inference, and what is learnt on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.clock import Clock
from app.services.principals import Principal
from app.services.providers.provider import AnswerFacts
from app.services.tasks.work import Work
from app.services.urgency import Urgency


@dataclass(slots=True)
class Trace:
    """What happened to one call, filled in on its way; the answer's headers are made of it."""

    intent_seconds: float = 0.0  # until the row of intent was committed
    started: float = 0.0  # on the monotonic clock, in seconds
    upstream: str | None = None
    upstream_model: str | None = None
    attempts: int = 0
    ttft_seconds: float | None = None  # time to the first answer event
    latency_seconds: float = 0.0  # of the whole answer, once it ended
    cost_nusd: int | None = None  # once it ended; None: not known
    rate_headers: dict[str, str] = field(default_factory=dict[str, str])  # of refusals, too
    answer: AnswerFacts = field(default_factory=AnswerFacts)  # of the last attempt
    detours: list[str] = field(default_factory=list[str])  # whom it was asked before, and why not

    def begin_attempt(self, upstream: str, upstream_model: str) -> None:
        """Note that somebody is being asked."""
        self.attempts += 1
        self.upstream, self.upstream_model = upstream, upstream_model
        self.answer = AnswerFacts()

    def note_event(self, clock: Clock) -> None:
        """Note that an answer event is on its way to the client."""
        if self.ttft_seconds is None:
            self.ttft_seconds = clock.monotonic() - self.started


@dataclass(frozen=True, slots=True)
class Call:
    """One request for inference, in the domain form of its task."""

    id: str  # the x-request-id
    client_request_id: str | None
    principal: Principal
    task: str
    model: str | None  # as the caller named it
    payload: Mapping[str, Any]
    body: bytes
    stream: bool
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    end_user: str | None = None  # whom the caller says it is for
    urgency: Urgency = Urgency.INTERACTIVE
    work: Work | None = None  # what it asks for, where it is no chat
    trace: Trace = field(default_factory=Trace)
