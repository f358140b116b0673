"""One attempt of one call: one target, asked once."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from app.core.clock import Clock
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.routing.target import Target


@dataclass(slots=True, eq=False)
class Attempt:
    """A target that is asked: `async with attempt: ...`.

    A failure that leaves somebody else to ask ends at the `async with`; any other goes on its way.
    """

    target: Target
    request: ChatRequest
    facts: AnswerFacts
    end: Callable[
        ["Attempt", BaseException | None], bool
    ]  # notes how it went; may others be asked?
    started: float  # on the monotonic clock, in seconds
    ticket: int  # of the target's breaker
    first_event_seconds: float | None = None  # since it started

    @property
    def has_begun(self) -> bool:
        """Say whether something has left for the client: then nobody else is asked."""
        return self.first_event_seconds is not None

    def note_event(self, clock: Clock) -> None:
        """Note that something is leaving for the client."""
        if self.first_event_seconds is None:
            self.first_event_seconds = clock.monotonic() - self.started

    def ask(self) -> Coroutine[Any, Any, bytes]:
        """Return what to await for a whole answer."""
        provider = self.target.provider
        ask = provider.chat if self.request.work is None else provider.do
        return ask(self.request, self.facts)

    def stream(self) -> AsyncGenerator[bytes]:
        """Return the events of a streamed answer."""
        provider = self.target.provider
        stream = provider.stream_chat if self.request.work is None else provider.stream_task
        return stream(self.request, self.facts)

    async def __aenter__(self) -> None:
        """Do nothing: who asked for the attempt has begun it."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        """End it; keep an error to itself where somebody else may be asked."""
        return self.end(self, error)
