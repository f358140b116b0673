"""How a call ends, and what is stored of its answer."""

from dataclasses import dataclass, field
from typing import NamedTuple

from app.core.errors import AppError
from app.services.inference.used import Ending, Used
from app.services.ledger.entry import Status
from app.services.ledger.recording import Recording
from app.services.providers.provider import AnswerFacts
from app.services.routing.target import Target


class Try(NamedTuple):
    """What became of one attempt."""

    target: Target
    model: str  # as the upstream was asked for it
    facts: AnswerFacts
    ending: Ending
    used: Used
    seconds: float


@dataclass(slots=True)
class Outcome:
    """How a call ends: the client has left, until something else is known."""

    status: Status = Status.CANCELLED
    error_code: str | None = None
    recording: Recording | None = None  # of what it is answered, where that is stored
    tries: list[Try] = field(default_factory=list[Try])  # paid losers included

    def keep(self, piece: bytes) -> None:
        """Store a piece of the answer, where answers are."""
        if self.recording is not None:
            self.recording.add(piece)

    def fail(self, error: Exception) -> None:
        """Note that the call has failed."""
        self.status = Status.ERROR
        self.error_code = error.code if isinstance(error, AppError) else AppError.code
