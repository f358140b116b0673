"""What was asked of the simulator lately, without content and without secrets."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

KEPT: Final = 200

_KINDS: Final = {"hf_": "hugging_face", "mh_": "meterhouse", "sk-": "openai"}


class Outcome(StrEnum):
    """How far the answer to a call has come."""

    RUNNING = "running"
    FINISHED = "finished"
    CUT = "cut"  # aborted, as was asked for
    LEFT = "left"  # the client was gone before the end


@dataclass(slots=True)
class SeenCall:
    """One request and how far its answer has come."""

    number: int
    model: str
    stream: bool
    authorization: str
    include_usage: bool = False
    fields: Sequence[str] = ()
    response_format: str | None = None  # its `type`: servers know different ones
    bill_to: str | None = None
    task: str | None = None  # of Hugging Face's own backend; None: a chat
    path: str | None = None  # where it was asked for
    content_type: str | None = None
    options: Mapping[str, str] = field(default_factory=dict[str, str])  # headers of old scripts
    status: int = 0
    events_sent: int = 0
    outcome: Outcome = Outcome.RUNNING


class Journal:
    """The latest calls, up to a bound."""

    def __init__(self) -> None:
        """Start empty."""
        self._calls: deque[SeenCall] = deque(maxlen=KEPT)
        self._count = 0

    @property
    def calls(self) -> Iterable[SeenCall]:
        """The calls that are still remembered, the oldest first."""
        return tuple(self._calls)

    def next_number(self) -> int:
        """Return the number of the next call."""
        self._count += 1
        return self._count

    def add(self, call: SeenCall) -> None:
        """Remember a call."""
        self._calls.append(call)


def kind_of_token(token: str) -> str:
    """Say whose token it seems to be, and no more."""
    return next((kind for start, kind in _KINDS.items() if token.startswith(start)), "other")
