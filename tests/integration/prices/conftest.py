"""A gateway with a file that states prices, and what asks it for prices."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.clock import epoch_ms
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.core.gateway_models import ModelConfig, TargetConfig
from app.core.gateway_prices import PriceConfig
from app.services.container import Container
from app.services.prices.price import PricedUnit
from tests.support.people import People


class Prices:
    """Sets prices, and looks what is quoted."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self._container = cast("Container", client.app_state["container"])

    def set(self, model: str, dollars: float, **fields: Any) -> dict[str, Any]:
        """Set a price of so many dollars for a million tokens, read or written."""
        body = {"model": model, "input": dollars, "output": dollars, **fields}
        answer = self.client.post("/v1/admin/prices", json=body)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())

    def all(self) -> list[dict[str, Any]]:
        """Return every price that was ever set, newest first."""
        answer = self.client.get("/v1/admin/prices", params={"with_history": True, "limit": 100})
        assert answer.status_code == 200, answer.text
        return cast("list[dict[str, Any]]", answer.json()["data"])

    def quoted(self, model: str, upstream: str = "simulator", later_ms: int = 0) -> Any:
        """Return the price of a million tokens that are read, in dollars, now or later."""
        at_ms = epoch_ms(self._container.clock.now()) + later_ms
        price = self._container.prices.quote(model, upstream, model, at_ms).price
        return None if price is None else price.of(PricedUnit.INPUT_TOKEN) / 10**9

    def quoted_units(self, model: str) -> Mapping[PricedUnit, int]:
        """Return the price as it is quoted now, unit by unit."""
        at_ms = epoch_ms(self._container.clock.now())
        price = self._container.prices.quote(model, "simulator", model, at_ms).price
        assert price is not None
        return price.units


@pytest.fixture
def prices(client: TestClient) -> Prices:
    """Return what sets prices, as an admin."""
    return Prices(client)


@pytest.fixture
def people(client: TestClient) -> People:
    """Return what makes users, teams and keys, and reads the audit log."""
    return People(client)


@pytest.fixture
def gateway_config(simulator_url: str) -> GatewayConfig:
    """Return a gateway over the simulator, as Hugging Face and as another server."""
    hub = UpstreamConfig(
        kind="huggingface", base_url=f"{simulator_url}/v1", token=SecretStr("any"), simulated=True
    )
    other = hub.model_copy(update={"kind": "openai"})
    return GatewayConfig(
        upstreams={"hub": hub, "simulator": other, "local": other.model_copy(update={"price": 0})},
        models={"fast": ModelConfig(targets=[TargetConfig(upstream="simulator", model="x")])},
        prices=[PriceConfig.model_validate({"model": "stated", "input": 7, "output": 7})],
    )
