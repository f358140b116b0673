"""Hugging Face's own form of tasks: `POST /hf-inference/models/{model}`.

Wire facts: https://huggingface.co/docs/inference-providers/providers/hf-inference.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Final

from app.core.tasks.files import Kind
from app.core.tasks.model_ids import is_model_id
from app.core.tasks.task import Task
from app.services.providers.dialects.chat_relay import ChatRelay
from app.services.providers.dialects.stream_pace import StreamPace
from app.services.providers.dialects.task_answer import read_answer
from app.services.providers.dialects.task_request import outgoing_task, wants_details
from app.services.providers.dialects.text_stream import TextStreamReader, as_text_events
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp
from app.services.tasks.work import Work

_PROVIDER: Final = "hf-inference"
# Suffixes of whoever answers: these are Hugging Face's own backend, or anybody.
_OURS: Final = frozenset({"", _PROVIDER, "fastest", "cheapest", "preferred"})
# Of which a model of one does the other: the model's own task does not say which is meant.
_ALWAYS_NAMED: Final = frozenset({"feature-extraction", "sentence-similarity"})
_WANTED: Final = {Kind.IMAGE: "image/png"}


def can_do(task: Task, model: str) -> bool:
    """Say whether a task can be asked for of a model."""
    suffix = model.partition(":")[2]
    return not task.is_chat and is_model_id(model) and suffix in _OURS


class HfTasks:
    """Tasks of one upstream."""

    def __init__(self, http: UpstreamHttp) -> None:
        """Speak over `http`, whose address ends before the name of a model."""
        self._http = http

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return the answer to a task, whose form has been checked.

        Raises:
            UpstreamError: the upstream refused, broke, or answered nonsense.
        """
        work = _work_of(request)
        facts.provider = _PROVIDER
        answered = await self._http.request_whole(
            "POST",
            _path(request.model, work),
            outgoing_task(request, work, stream=False),
            timeouts=request.timeouts,
            headers=_headers(work),
        )
        return await read_answer(self._http.name, work, answered, facts)

    async def stream(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield the events of a streamed task as they come."""
        work, pace, name = _work_of(request), StreamPace(request.timeouts), self._http.name
        facts.provider = _PROVIDER
        answer = await self._http.send(
            "POST",
            _path(request.model, work),
            outgoing_task(request, work, stream=True),
            connect_seconds=request.timeouts.connect_seconds,
            until=pace.until,
            headers=_headers(work),
        )
        details = wants_details(request)
        try:
            if answer.header(b"content-type").startswith("application/json"):
                body = await self._http.read_whole(answer, until=pace.until)
                whole = await read_answer(name, work, (body, answer), facts)
                for event in as_text_events(whole, wants_details=details):
                    yield event
                return
            reader = TextStreamReader(name, work, facts, wants_details=details)
            relay = ChatRelay(self._http, answer, pace, reader)
            while events := await relay.next():
                yield events
        finally:
            answer.close()


def _work_of(request: ChatRequest) -> Work:
    assert request.work is not None
    return request.work


def _headers(work: Work) -> Mapping[str, str]:
    return {
        "content-type": work.manner.media_type,
        "accept": _WANTED.get(work.task.file, "*/*") if work.task.file else "*/*",
        **work.manner.headers,
    }


def _path(model: str, work: Work) -> str:
    path = f"/{model.partition(':')[0]}"
    if work.manner.is_named or work.task.name in _ALWAYS_NAMED:
        path = f"{path}/pipeline/{work.task.name}"
    return path
