"""Hugging Face's inference router, which speaks OpenAI's dialect with a few turns of its own.

Wire facts: https://huggingface.co/docs/inference-providers. A model is `org/name`, with an optional
suffix after a colon (`:fastest`, `:cheapest`, or a provider's name) that the router understands.
"""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from app.core.clock import Clock
from app.core.gateway_file import UpstreamConfig
from app.services.providers.dialects.openai_api import OpenaiApi
from app.services.providers.http_client import UpstreamClient
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp


class HFService(OpenaiApi):
    """Chat through Hugging Face's router; see `Provider`."""

    def __init__(
        self, name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
    ) -> None:
        """Speak with the operator's token, billed to `config.bill_to` where that is set."""
        headers = {"x-hf-bill-to": config.bill_to} if config.bill_to else {}
        http = UpstreamHttp(name, config, client, clock=clock, headers=headers)
        super().__init__(http, adapt=adapt_to_router)

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
