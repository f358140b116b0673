"""The contract between the path of a call and whoever speaks an upstream's dialect."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from app.core.gateway_models import TimeoutConfig
from app.core.tasks.task import Task
from app.services.tasks.work import Work

_TIMEOUTS: Final = TimeoutConfig()


@dataclass(slots=True)
class ChatRequest:
    """A chat in OpenAI's form, as the caller sent it."""

    payload: Mapping[str, Any]
    body: bytes  # the same, as the bytes that came in
    model: str  # the name that the upstream knows
    output_cap: int | None = None  # tokens for each answer, in place of what the caller has set
    timeouts: TimeoutConfig = _TIMEOUTS
    is_metered: bool = False  # what was held for is what is sent: never bytes read otherwise
    work: Work | None = None  # where it is no chat but a task, in Hugging Face's form


class Counted(NamedTuple):
    """What a task used, in its own units, as it was counted here."""

    units_in: int
    units_out: int
    is_exact: bool


class Usage(NamedTuple):
    """What an upstream says it used, in tokens."""

    units_in: int
    units_out: int
    cached_in: int = 0  # of those that came in, how many it had in its cache


@dataclass(slots=True)
class AnswerFacts:
    """What is learnt about one answer while it comes. One object a call, filled by the provider."""

    provider: str | None = None  # who answered behind the upstream, where the upstream says so
    usage: Usage | None = None
    finish_reason: str | None = None
    text_bytes: int = 0  # that the model has written so far, at least as many as tokens
    text_pieces: int = 0  # in which they came
    cut_code: str | None = None  # why the gateway itself ended the stream early
    chunk_head: Mapping[str, Any] | None = None  # `id`, `created` and `model` of a stream's chunks
    open_choices: frozenset[int] = frozenset()  # of a stream, those without a finish reason
    usage_at_bytes: int = 0  # what `text_bytes` was when the usage came
    counted: Counted | None = None  # of a task
    media_type: str = "application/json"  # of a whole answer
    compute_ms: int | None = None  # how long the upstream says that it has worked


class Provider(Protocol):
    """Speaks one upstream's dialect. Stateless: one instance serves all calls at once.

    It never retries: the plan of a call does.
    """

    @property
    def can_chat(self) -> bool:
        """Say whether it can be asked for chats."""
        ...

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return the whole answer, a `chat.completion` as JSON.

        Raises:
            UpstreamError: the upstream refused, broke, or answered nonsense.
        """
        ...

    def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield whole server-sent events, without the closing `[DONE]`.

        What the first piece holds is a `chat.completion.chunk`: an upstream that fails before it
        raises before anything is yielded.

        Raises:
            UpstreamError: the upstream refused, broke, or ended before its finish reason.
        """
        ...

    def can_do(self, task: Task, model: str) -> bool:
        """Say whether a task can be asked for of a model, by the upstream's name of it."""
        ...

    def strange_to(self, work: Work) -> str | None:
        """Return the parameter of a task that the upstream has no word for, or None."""
        ...

    async def task_of(self, model: str) -> str | None:
        """Return which task a model does, or None where the upstream does not say.

        Raises:
            UpstreamError: whoever knows refused, broke, or answered nonsense.
        """
        ...

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return the answer to a task, in its form.

        Raises:
            UpstreamError: the upstream refused, broke, or answered nonsense.
        """
        ...

    def stream_task(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield whole server-sent events of a task that is streamed, in TGI's form.

        Each has a `token`; the last one has `generated_text`, the whole text, too. As with chats,
        an upstream that fails before the first one raises before anything is yielded.

        Raises:
            UpstreamError: the upstream refused, broke, or ended before its last event.
        """
        ...

    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        """Return the upstream's own list of models, each with at least an `id`.

        Raises:
            UpstreamError: the upstream refused, broke, or answered nonsense.
        """
        ...
