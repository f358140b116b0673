"""OpenAI's HTTP API, as far as upstreams of several kinds share it."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from typing import Any, Final, cast

from pydantic_core import from_json

from app.core.errors import UpstreamProtocolError
from app.core.gateway_models import TimeoutConfig
from app.core.tasks.task import Task
from app.services.providers.dialects.chat_answer import as_events, read_completion
from app.services.providers.dialects.chat_relay import ChatRelay
from app.services.providers.dialects.chat_request import outgoing_body, wants_usage
from app.services.providers.dialects.chat_stream import ChatStreamReader
from app.services.providers.dialects.openai_tasks import OPENAI_WAYS
from app.services.providers.dialects.stream_pace import StreamPace
from app.services.providers.dialects.task_request import wants_details
from app.services.providers.dialects.text_stream import as_text_events
from app.services.providers.dialects.ways import Ways
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp
from app.services.tasks.work import Work
from app.utils.json_values import object_in, objects_in

MODELS_SECONDS: Final = 5.0
_LISTING: Final = TimeoutConfig(total_seconds=MODELS_SECONDS)

_CHAT: Final = "/chat/completions"
_PROVIDER_HEADER: Final = b"x-inference-provider"


class OpenaiApi:
    """Chat and models of one upstream that speaks OpenAI's dialect."""

    def __init__(
        self,
        http: UpstreamHttp,
        *,
        cap_field: str = "max_tokens",
        adapt: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        """Speak over `http`.

        Args:
            http: Knows the upstream's address and credential.
            cap_field: In which the upstream takes the cap of an answer.
            adapt: Changes a copy of each payload to what the upstream knows.
        """
        self._http = http
        self._cap_field = cap_field
        self._adapt = adapt
        self._ways = Ways(http, OPENAI_WAYS)

    @property
    def can_chat(self) -> bool:
        """Say that chat is what this dialect is for."""
        return True

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return a whole `chat.completion` as it came."""
        body, answer = await self._http.request_whole(
            "POST", _CHAT, self._body(request, stream=False), timeouts=request.timeouts
        )
        facts.provider = answer.header(_PROVIDER_HEADER) or None
        read_completion(self._http.name, body, facts)
        return body

    async def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield the events of a streamed chat as they come, without the closing `[DONE]`."""
        pace = StreamPace(request.timeouts)
        answer = await self._http.send(
            "POST",
            _CHAT,
            self._body(request, stream=True),
            connect_seconds=request.timeouts.connect_seconds,
            until=pace.until,
        )
        try:
            facts.provider = answer.header(_PROVIDER_HEADER) or None
            if answer.header(b"content-type").startswith("application/json"):
                body = await self._http.read_whole(answer, until=pace.until)
                completion = read_completion(self._http.name, body, facts)
                for event in as_events(completion, with_usage=wants_usage(request.payload)):
                    yield event
                return
            relay = ChatRelay(self._http, answer, pace, _reader(self._http.name, request, facts))
            while events := await relay.next():
                yield events
        finally:
            answer.close()

    def can_do(self, task: Task, model: str) -> bool:
        """Say whether this dialect has a task of Hugging Face's."""
        del model
        return self._ways.can_do(task)

    def strange_to(self, work: Work) -> str | None:
        """Return the parameter of a task that this dialect has no word for, or None."""
        return self._ways.strange_to(work)

    async def task_of(self, model: str) -> str | None:
        """Return None: this dialect does not say which task a model does."""
        del model

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return the answer to a task, which is asked for in words of this dialect."""
        return await self._ways.do(request, facts)

    async def stream_task(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield the whole answer to a task as the one event of a stream."""
        answer = await self.do(request, facts)
        for event in as_text_events(answer, wants_details=wants_details(request)):
            yield event

    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        """Return the entries of the upstream's `/models`, in whatever detail it gives them."""
        answer, _ = await self._http.request_whole("GET", "/models", timeouts=_LISTING)
        try:
            listed: object = from_json(answer)
        except ValueError:
            listed = None
        entries: object = object_in(listed).get("data", listed)
        if not isinstance(entries, list):
            raise UpstreamProtocolError(
                f"The upstream {self._http.name!r} answered no list of models."
            )
        models = objects_in(cast("list[object]", entries))
        return [model for model in models if isinstance(model.get("id"), str)]

    def _body(self, request: ChatRequest, *, stream: bool) -> bytes:
        return outgoing_body(request, stream=stream, cap_field=self._cap_field, adapt=self._adapt)


def _reader(upstream: str, request: ChatRequest, facts: AnswerFacts) -> ChatStreamReader:
    asked = request.payload
    choices = asked.get("n")
    return ChatStreamReader(
        upstream,
        facts,
        wants_usage=wants_usage(asked),
        choices=choices if isinstance(choices, int) and choices > 0 else 1,
    )
