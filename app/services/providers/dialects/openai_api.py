"""OpenAI's HTTP API, as far as upstreams of several kinds share it."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import Any, Final, cast

import httpx2
from pydantic_core import from_json

from app.core.errors import UpstreamProtocolError, UpstreamTruncatedError
from app.core.gateway_models import TimeoutConfig
from app.services.providers.dialects.chat_answer import as_events, read_completion
from app.services.providers.dialects.chat_request import outgoing_body, wants_usage
from app.services.providers.dialects.chat_stream import ChatStreamReader
from app.services.providers.dialects.stream_pace import StreamPace
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import MAX_ANSWER_BYTES, UpstreamHttp
from app.utils.json_values import object_in, objects_in
from app.utils.sse import EventSplitter, EventTooLargeError

MODELS_SECONDS: Final = 5.0
_LISTING: Final = TimeoutConfig(total_seconds=MODELS_SECONDS)
LINGER_SECONDS: Final = 0.05  # for the body's end after [DONE], so that the connection can be kept

_CHAT: Final = "/chat/completions"
_PROVIDER_HEADER: Final = "x-inference-provider"


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

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return a whole `chat.completion` as it came."""
        body = self._body(request, stream=False)
        answer, headers = await self._http.request_whole(
            "POST", _CHAT, body, timeouts=request.timeouts
        )
        facts.provider = headers.get(_PROVIDER_HEADER)
        read_completion(self._http.name, answer, facts)
        return answer

    async def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield the events of a streamed chat as they come, without the closing `[DONE]`."""
        body = self._body(request, stream=True)
        pace = StreamPace(request.timeouts)
        with self._http.named_errors():
            async with pace.limit():
                response = await self._http.send("POST", _CHAT, body, timeouts=request.timeouts)
        async with aclosing(response):
            facts.provider = response.headers.get(_PROVIDER_HEADER)
            if response.headers.get("content-type", "").startswith("application/json"):
                events = self._whole_as_events(response, request, facts, pace)
            else:
                events = self._events(response, request, facts, pace)
            async with aclosing(events):
                async for event in events:
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

    async def _events(
        self,
        response: httpx2.Response,
        request: ChatRequest,
        facts: AnswerFacts,
        pace: StreamPace,
    ) -> AsyncGenerator[bytes]:
        reader = ChatStreamReader(
            self._http.name,
            facts,
            wants_usage=wants_usage(request.payload),
            choices=_choices(request.payload),
        )
        splitter = EventSplitter()
        async with aclosing(self._http.iter_pieces(response)) as pieces:
            while not reader.done:
                piece = await self._next_piece(pieces, pace, reader)
                events = splitter.close() if piece is None else self._split(splitter, piece)
                if b"data:" in events:
                    pace.data_came()
                passed = reader.feed(events)
                if passed:
                    yield passed
                if reader.failure:
                    raise reader.failure
                if piece is None:
                    break
            if not reader.is_complete:
                raise UpstreamTruncatedError(
                    f"The upstream {self._http.name!r} ended its stream before a finish reason."
                )
            await _linger(pieces)

    async def _next_piece(
        self, pieces: AsyncGenerator[bytes], pace: StreamPace, reader: ChatStreamReader
    ) -> bytes | None:
        """Return the next piece, or None at the end: a cut after the finish reason is an end."""
        try:
            with self._http.named_errors():
                async with pace.limit():
                    return await anext(pieces, None)
        except UpstreamTruncatedError:
            if reader.is_complete:
                return None
            raise

    def _split(self, splitter: EventSplitter, piece: bytes) -> bytes:
        try:
            return splitter.feed(piece)
        except EventTooLargeError as error:
            raise UpstreamProtocolError(
                f"The upstream {self._http.name!r} sent an event that is too large."
            ) from error

    async def _whole_as_events(
        self,
        response: httpx2.Response,
        request: ChatRequest,
        facts: AnswerFacts,
        pace: StreamPace,
    ) -> AsyncGenerator[bytes]:
        with self._http.named_errors():
            async with pace.limit():
                answer = await self._http.read(response, MAX_ANSWER_BYTES)
        completion = read_completion(self._http.name, answer, facts)
        for event in as_events(completion, with_usage=wants_usage(request.payload)):
            yield event


def _choices(payload: Mapping[str, Any]) -> int:
    wanted = payload.get("n")
    return wanted if isinstance(wanted, int) and wanted > 0 else 1


async def _linger(pieces: AsyncGenerator[bytes]) -> None:
    with suppress(TimeoutError, UpstreamTruncatedError):
        async with asyncio.timeout(LINGER_SECONDS):
            async for _ in pieces:
                pass
