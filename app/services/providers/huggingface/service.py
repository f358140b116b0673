"""Hugging Face's inference router, which speaks OpenAI's dialect with a few turns of its own.

Wire facts: https://huggingface.co/docs/inference-providers. A model is `org/name`, with an optional
suffix after a colon (`:fastest`, `:cheapest`, or a provider's name) that the router understands.
"""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from app.core.clock import Clock
from app.core.gateway_file import UpstreamConfig
from app.core.tasks.task import Task
from app.services.providers.dialects.hf_tasks import HfTasks, can_do
from app.services.providers.dialects.hub import Hub, hub_of
from app.services.providers.dialects.openai_api import OpenaiApi
from app.services.providers.http_client import UpstreamClient
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp
from app.services.tasks.work import Work


class HFService(OpenaiApi):
    """Chat through Hugging Face's router; see `Provider`."""

    def __init__(
        self, name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
    ) -> None:
        """Speak with the operator's token, billed to `config.bill_to` where that is set."""
        headers = {"x-hf-bill-to": config.bill_to} if config.bill_to else {}
        http = UpstreamHttp(name, config, client, clock=clock, headers=headers)
        super().__init__(http, adapt=adapt_to_router)
        root = config.base_url.removesuffix("/v1")
        tasks = config.model_copy(update={"base_url": f"{root}/hf-inference/models"})
        self._tasks = HfTasks(UpstreamHttp(name, tasks, client, clock=clock, headers=headers))
        # Another host: what gets in at the router is none of its business.
        hub = config.model_copy(
            update={"base_url": hub_of(root), "token": None, "headers": {}, "query": {}}
        )
        self._hub = Hub(UpstreamHttp(f"{name} (Hub)", hub, client, clock=clock))

    def can_do(self, task: Task, model: str) -> bool:
        """Say whether Hugging Face's own backend can be asked for a task of a model."""
        return can_do(task, model)

    def strange_to(self, work: Work) -> str | None:
        """Return None: what is not known here is passed on."""
        del work

    async def task_of(self, model: str) -> str | None:
        """Return the task by which the Hub lists a model."""
        return await self._hub.task_of(model)

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return what Hugging Face's own backend answers to a task."""
        return await self._tasks.do(request, facts)

    def stream_task(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield what Hugging Face's own backend answers to a task, token by token."""
        return self._tasks.stream(request, facts)

    async def generate(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return the router's answer to a chat payload that names its model.

        Raises:
            UpstreamError: the router refused, broke, or answered nonsense.
        """
        request = ChatRequest(payload, to_json(payload), str(payload["model"]))
        return from_json(await self.chat(request, AnswerFacts()))


def adapt_to_router(payload: dict[str, Any]) -> None:
    """Say `max_tokens`, the only name that the router knows, for `max_completion_tokens`."""
    cap = payload.pop("max_completion_tokens", None)
    if cap is not None and payload.get("max_tokens") is None:
        payload["max_tokens"] = cap
