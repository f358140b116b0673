"""The models, prices and the default model in force, and whom to tell when they change."""

from collections.abc import Callable, Sequence

from app.core.gateway_file import GatewayConfig

Follower = Callable[[GatewayConfig], None]


class LiveModels:
    """Holds what can change while calls run. Upstreams stay what they were at the start."""

    def __init__(self, gateway: GatewayConfig, followers: Sequence[Follower]) -> None:
        """Take what is in force at the start, of which the followers know already."""
        self._gateway = gateway
        self._followers = followers

    def take_file(self, file: GatewayConfig) -> None:
        """Put what a file says in the place of what it said before, but for its upstreams."""
        self._gateway = file.model_copy(update={"upstreams": self._gateway.upstreams})
        for follower in self._followers:
            follower(self._gateway)
