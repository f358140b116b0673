"""Hugging Face's own form of tasks: `POST /hf-inference/models/{model}`.

Wire facts: https://huggingface.co/docs/inference-providers/providers/hf-inference.
"""

from typing import Final

from app.core.tasks.files import Kind
from app.core.tasks.model_ids import is_model_id
from app.core.tasks.task import Task
from app.services.providers.dialects.task_answer import read_answer
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp
from app.services.tasks.work import Work
from app.utils.json_values import encoded

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
        work = request.work
        assert work is not None
        facts.provider = _PROVIDER
        # What was measured is what is sent: of two fields with one name, others read the other.
        rewrites = request.is_metered and bool(request.payload)
        body, answer = await self._http.request_whole(
            "POST",
            _path(request.model, work),
            encoded(request.payload) if rewrites else request.body,
            timeouts=request.timeouts,
            headers={
                "content-type": work.manner.media_type,
                "accept": _WANTED.get(work.task.file, "*/*") if work.task.file else "*/*",
                **work.manner.headers,
            },
        )
        return await read_answer(self._http.name, work, (body, answer), facts)


def _path(model: str, work: Work) -> str:
    path = f"/{model.partition(':')[0]}"
    if work.manner.is_named or work.task.name in _ALWAYS_NAMED:
        path = f"{path}/pipeline/{work.task.name}"
    return path
