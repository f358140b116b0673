"""Which code speaks the dialect of a configured upstream."""

from collections.abc import Mapping

from app.core.clock import Clock
from app.core.gateway_file import UpstreamConfig
from app.services.providers.http_client import UpstreamClient
from app.services.providers.huggingface.service import HFService
from app.services.providers.openai_compatible.service import OpenaiCompatibleService
from app.services.providers.provider import Provider


def provider_of(
    name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
) -> Provider:
    """Return what speaks to an upstream with its first credential."""
    kind = HFService if config.kind == "huggingface" else OpenaiCompatibleService
    return kind(name, config, client, clock)


def providers_of(
    name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
) -> Mapping[str, Provider]:
    """Return a provider for each credential of an upstream."""
    return {
        credential: provider_of(name, config.model_copy(update={"token": token}), client, clock)
        for credential, token in config.credentials.items()
    }


def pools_of(
    upstreams: Mapping[str, UpstreamConfig], client: UpstreamClient, clock: Clock
) -> Mapping[str, Mapping[str, Provider]]:
    """Return the providers of each upstream."""
    return {name: providers_of(name, one, client, clock) for name, one in upstreams.items()}
