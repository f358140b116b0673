"""Which code speaks the dialect of a configured upstream."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from app.core.clock import Clock
from app.core.gateway_file import UpstreamConfig
from app.core.tasks.task import Task
from app.services.providers.dialects.openai_tasks import OPENAI_WAYS
from app.services.providers.dialects.tei_tasks import TEI_WAYS
from app.services.providers.http_client import UpstreamClient
from app.services.providers.huggingface.service import HFService
from app.services.providers.openai_compatible.service import OpenaiCompatibleService
from app.services.providers.provider import Provider
from app.services.providers.tei.service import TeiService

_KINDS: Final[Mapping[str, Callable[[str, UpstreamConfig, UpstreamClient, Clock], Provider]]] = {
    "huggingface": HFService,
    "openai": OpenaiCompatibleService,
    "tei": TeiService,
}


def provider_of(
    name: str, config: UpstreamConfig, client: UpstreamClient, clock: Clock
) -> Provider:
    """Return what speaks to an upstream with its first credential."""
    return _KINDS[config.kind](name, config, client, clock)


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


def kinds_for(task: Task) -> Sequence[str]:
    """Return the kinds of upstreams that can be asked for a task."""
    ways = {"openai": OPENAI_WAYS, "tei": TEI_WAYS}
    return ["huggingface", *(kind for kind, known in ways.items() if task.name in known)]
