"""Text Embeddings Inference, Hugging Face's server of one model: embeddings, ranks or labels."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json

from app.core.clock import Clock
from app.core.errors import UpstreamProtocolError
from app.core.gateway_file import UpstreamConfig
from app.core.gateway_models import TimeoutConfig
from app.core.tasks.task import Task
from app.services.providers.dialects.tei_tasks import TEI_WAYS
from app.services.providers.dialects.ways import Ways
from app.services.providers.http_client import UpstreamClient
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp
from app.services.tasks.work import Work
from app.utils.json_values import JsonObject, object_in

_ASKING: Final = TimeoutConfig(total_seconds=5.0)
# What a model of each kind does.
_TASKS: Final = {
    "embedding": "feature-extraction",
    "reranker": "text-ranking",
    "classifier": "text-classification",
}


class TeiService:
    """Tasks of the one model that a server has, whatever it is called; see `Provider`."""

    def __init__(
        self, name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
    ) -> None:
        """Speak to the server that `config` describes."""
        self._http = UpstreamHttp(name, config, client, clock=clock)
        self._ways = Ways(self._http, TEI_WAYS)

    @property
    def can_chat(self) -> bool:
        """Say that nobody can chat with such a server."""
        return False

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Refuse: nobody who asks `can_chat` comes here."""
        raise NotImplementedError

    def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Refuse: nobody who asks `can_chat` comes here."""
        raise NotImplementedError

    def can_do(self, task: Task, model: str) -> bool:
        """Say whether there are servers of this kind that do a task."""
        del model
        return self._ways.can_do(task)

    def strange_to(self, work: Work) -> str | None:
        """Return the parameter of a task that the server has no word for, or None."""
        return self._ways.strange_to(work)

    async def task_of(self, model: str) -> str | None:
        """Return which task the server's model does."""
        del model
        kinds = object_in((await self._info()).get("model_type"))
        return next((_TASKS[kind] for kind in kinds if kind in _TASKS), None)

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return the answer to a task."""
        return await self._ways.do(request, facts)

    def stream_task(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Refuse: no task that such a server does is streamed."""
        raise NotImplementedError

    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        """Return the one model that the server has."""
        return [{"id": (await self._info())["model_id"]}]

    async def _info(self) -> JsonObject:
        body, _ = await self._http.request_whole("GET", "/info", timeouts=_ASKING)
        try:
            info = object_in(from_json(body))
        except ValueError:
            info = {}
        if not isinstance(info.get("model_id"), str):
            raise UpstreamProtocolError(
                f"The upstream {self._http.name!r} answered `GET /info` with something else than "
                "facts about its model."
            )
        return info
