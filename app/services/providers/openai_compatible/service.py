"""Any server that speaks OpenAI's dialect: OpenAI, Azure, vLLM, Ollama, llama.cpp and many more."""

from app.core.clock import Clock
from app.core.gateway_file import UpstreamConfig
from app.services.providers.dialects.openai_api import OpenaiApi
from app.services.providers.http_client import UpstreamClient
from app.services.providers.upstream_http import UpstreamHttp


class OpenaiCompatibleService(OpenaiApi):
    """One configured upstream in OpenAI's dialect. Bytes pass through; see `Provider`."""

    def __init__(
        self, name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
    ) -> None:
        """Speak to the upstream that `config` describes."""
        http = UpstreamHttp(name, config, client, clock=clock)
        super().__init__(http, cap_field=config.output_cap)
