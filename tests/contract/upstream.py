"""The simulator as the gateway's upstream, and what it tells about the calls it got."""

import time
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from openai.types.chat import ChatCompletionMessageParam

HUB: Final = "hub"
LOCAL: Final = "local"
BUSY: Final = "busy"  # of one model alone: it is left alone for long
BUSY_FOR_LONG: Final = "rate-limited+retry-after-77"
HUB_TOKEN: Final = "hf_the_operators_own_token"

HELLO: Final[list[ChatCompletionMessageParam]] = [{"role": "user", "content": "Hello"}]
ECHO: Final = "[simulator] No model was called. You wrote: Hello"


@dataclass(frozen=True, slots=True)
class Upstream:
    """The simulator behind the gateway."""

    url: str
    client: httpx2.Client

    def last_call(self, model: str) -> dict[str, Any]:
        """Return how the simulator saw the last call of a model."""
        calls = self.client.get("/simulator/calls").json()["data"]
        return next(call for call in reversed(calls) if call["model"] == model)

    def wait_for_outcome(self, model: str, outcome: str, *, seconds: float = 1.0) -> None:
        """Wait until the last call of a model has ended in a certain way."""
        deadline = time.perf_counter() + seconds
        while (seen := self.last_call(model)["outcome"]) != outcome:
            assert time.perf_counter() < deadline, f"still {seen!r} after {seconds} s"
