"""The models, prices and the default model in force, and whom to tell when they change."""

from collections.abc import Callable, Mapping, Sequence

from app.core.gateway_file import GatewayConfig
from app.core.gateway_models import ModelConfig

Follower = Callable[[GatewayConfig], None]


class LiveModels:
    """Holds what can change while calls run. Upstreams stay what they were at the start."""

    def __init__(self, gateway: GatewayConfig, followers: Sequence[Follower]) -> None:
        """Take what is in force at the start, of which the followers know already."""
        self._gateway = gateway
        self._made: Mapping[str, ModelConfig] = {}
        self._followers = followers

    @property
    def of_file(self) -> Mapping[str, ModelConfig]:
        """The models that the gateway file defines now."""
        return self._gateway.models

    def take_file(self, file: GatewayConfig) -> None:
        """Put what a file says in the place of what it said before, but for its upstreams."""
        self._gateway = file.model_copy(update={"upstreams": self._gateway.upstreams})
        self._tell()

    def take_made(self, made: Mapping[str, ModelConfig]) -> None:
        """Put other models beside those of the file, which go first."""
        self._made = made
        self._tell()

    def _tell(self) -> None:
        usable = {name: self._usable(model) for name, model in self._made.items()}
        made = {name: model for name, model in usable.items() if model.targets}
        merged = self._gateway.model_copy(update={"models": {**made, **self._gateway.models}})
        for follower in self._followers:
            follower(merged)

    def _usable(self, model: ModelConfig) -> ModelConfig:
        """Leave out targets of upstreams that the file does not name any more."""
        upstreams = self._gateway.upstreams
        targets = [target for target in model.targets if target.upstream in upstreams]
        return model.model_copy(update={"targets": targets})
