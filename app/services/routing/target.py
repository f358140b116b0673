"""One upstream with one of its models."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from app.core.gateway_models import TimeoutConfig
from app.services.providers.provider import Provider
from app.services.routing.health import Place

FIRST_CREDENTIAL: Final = "1"


@dataclass(frozen=True, eq=False)
class Target:
    """One upstream with one of its models, asked with one of its credentials."""

    upstream: str
    model: str  # as the upstream calls it
    provider: Provider
    credential: str = FIRST_CREDENTIAL  # its number among those of the upstream
    priority: int = 0
    weight: float = 1.0
    timeouts: TimeoutConfig = field(default_factory=TimeoutConfig)

    @cached_property
    def place(self) -> Place:
        """Return what fails, and recovers, by itself."""
        return Place(self.upstream, self.model, self.credential)
