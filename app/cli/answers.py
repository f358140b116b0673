"""Who answers: the configured upstreams, or the simulator where that is allowed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import GatewayConfig, UpstreamConfig, gateway_path, load_gateway
from app.services.container import NO_UPSTREAM

SIMULATOR_NAME: Final = "simulator"
_MARKER: Final = "served-real-upstream"
_SIMULATOR_TOKEN: Final = SecretStr("hf_simulator")


@dataclass(frozen=True, slots=True)
class Answers:
    """What is configured, and whether the simulator stands in for it."""

    gateway: GatewayConfig
    is_simulated: bool


def choose_answers(settings: Settings, *, simulate: bool, is_loopback: bool) -> Answers:
    """Decide who answers.

    Made-up answers are given where they were asked for. Unasked, only where no gateway file and no
    token is, nobody else can reach the gateway, and this data folder never had real answers.

    Raises:
        ConfigurationError: nobody can answer.
    """
    gateway = load_gateway(settings)
    if simulate:
        return Answers(gateway, is_simulated=True)
    if gateway.upstreams:
        return Answers(gateway, is_simulated=False)
    had_real_ones = (settings.data_dir / _MARKER).exists()
    if gateway_path(settings) is None and is_loopback and not had_real_ones:
        return Answers(gateway, is_simulated=True)
    raise ConfigurationError(NO_UPSTREAM)


def remember_real_answers(data_dir: Path) -> None:
    """Note that a data folder serves real answers, so that made-up ones never follow unasked."""
    (data_dir / _MARKER).touch(mode=0o600)


def point_at_simulator(settings: Settings, gateway: GatewayConfig, url: str) -> GatewayConfig:
    """Return a configuration of which every upstream is the simulator at a URL.

    The upstreams of a gateway file keep their names, models and prices, so its routing can be
    rehearsed; no real credential is used.
    """
    names = list(gateway.upstreams) if gateway_path(settings) is not None else []
    simulated = {
        name: UpstreamConfig(
            kind=gateway.upstreams[name].kind,
            base_url=f"{url}/v1",
            token=_SIMULATOR_TOKEN,
            price=gateway.upstreams[name].price,
            timeouts=gateway.upstreams[name].timeouts,
            simulated=True,
        )
        for name in names
    }
    return gateway.model_copy(update={"upstreams": simulated or _only_simulator(url)})


def _only_simulator(url: str) -> dict[str, UpstreamConfig]:
    upstream = UpstreamConfig(
        kind="huggingface", base_url=f"{url}/v1", token=_SIMULATOR_TOKEN, simulated=True
    )
    return {SIMULATOR_NAME: upstream}
