"""Any server that speaks OpenAI's dialect: OpenAI, Azure, vLLM, Ollama, llama.cpp and many more."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import httpx2

from app.core.clock import Clock
from app.core.gateway_file import UpstreamConfig
from app.services.providers.dialects.openai_api import OpenaiApi
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.providers.upstream_http import UpstreamHttp


class OpenaiCompatibleService:
    """One configured upstream in OpenAI's dialect. Bytes pass through; see `Provider`."""

    def __init__(
        self, name: str, config: UpstreamConfig, client: httpx2.AsyncClient, clock: Clock
    ) -> None:
        """Speak to the upstream that `config` describes."""
        http = UpstreamHttp(name, config, client, clock=clock)
        self._api = OpenaiApi(http, cap_field=config.output_cap)

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return a whole `chat.completion` as it came."""
        return await self._api.chat(request, facts)

    def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        """Yield the events of a streamed chat as they come, without the closing `[DONE]`."""
        return self._api.stream_chat(request, facts)

    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        """Return the upstream's own list of models."""
        return await self._api.list_models()
