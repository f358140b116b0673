"""Each task of the catalogue costs what its units cost, and no budget lets it cost more."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.core.tasks.catalogue import TASKS
from app.core.tasks.task import Task
from app.core.tasks.units import Unit
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.integration.tasks.asking import Gateway, looking_at
from tests.integration.tasks.sent import SENT

# US dollars for a unit that comes in, and for one that goes out.
READ_USD, WRITTEN_USD = 0.000_003, 0.000_007
PRICES: Final[dict[Unit, tuple[dict[str, float], dict[str, float]]]] = {
    Unit.TOKEN: ({"input": READ_USD * 1e6, "output": 0}, {"output": WRITTEN_USD * 1e6}),
    Unit.CHARACTER: (
        {"input_characters": READ_USD * 1e6},
        {"output_characters": WRITTEN_USD * 1e6},
    ),
    Unit.PIXEL: ({"input_pixels": READ_USD * 1e6}, {"output_pixels": WRITTEN_USD * 1e6}),
    Unit.SECOND: ({"per_input_second": READ_USD}, {"per_output_second": WRITTEN_USD}),
    Unit.REQUEST: ({"per_request": READ_USD}, {}),
}


def price_of(task: Task) -> dict[str, Any]:
    read = PRICES[task.reads][0]
    written = {} if task.writes is None else PRICES[task.writes][1]
    return {"model": f"org/{task.name}", **read, **written}


@contextmanager
def running_gateway(
    folder: Path, migrated_dir: Path, simulator_url: str, prices: list[dict[str, Any]]
) -> Generator[Gateway]:
    """Run a gateway with some prices for as long as a module needs it."""
    settings = Settings(
        data_dir=folder / "data",
        admin_key=SecretStr(ADMIN_KEY),
        port=0,
        secrets_dir=folder / "no-secrets",
    )
    shutil.copytree(migrated_dir, settings.data_dir)
    hub = {"kind": "huggingface", "base_url": f"{simulator_url}/v1", "token": SecretStr("hf_x")}
    config = GatewayConfig.model_validate({"upstreams": {"hub": hub}, "prices": prices})
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    with (
        TestClient(create_app(settings, config), headers=headers) as client,
        looking_at(simulator_url) as simulator,
    ):
        yield Gateway(client, simulator, settings.data_dir)


@pytest.fixture(scope="module")
def paid(
    tmp_path_factory: pytest.TempPathFactory, migrated_dir: Path, simulator_url: str
) -> Generator[Gateway]:
    """Return a gateway that knows what the units of each task cost."""
    folder = tmp_path_factory.mktemp("paid")
    prices = [price_of(TASKS[name]) for name in SENT]
    with running_gateway(folder, migrated_dir, simulator_url, prices) as gateway:
        yield gateway
        gateway.assert_proven()


@pytest.fixture(scope="module")
def poor(
    tmp_path_factory: pytest.TempPathFactory, migrated_dir: Path, simulator_url: str
) -> Generator[Gateway]:
    """Return a gateway whose hard budget is too small for any task."""
    folder = tmp_path_factory.mktemp("poor")
    prices = [price_of(TASKS[name]) for name in SENT]
    with running_gateway(folder, migrated_dir, simulator_url, prices) as gateway:
        gateway.budget(0.000_001)
        yield gateway
        gateway.assert_proven()


@pytest.mark.parametrize("name", SENT)
def test_a_task_costs_what_its_units_cost(paid: Gateway, name: str) -> None:
    body, units_in, units_out = SENT[name]

    assert paid.ask(name, body).status_code == 200

    entry = paid.last_entry()
    assert (entry["task"], entry["units_in"], entry["units_out"]) == (name, units_in, units_out)
    nano = units_in * 3_000 + units_out * 7_000
    assert round(entry["cost_usd"] * 1e9) == nano
    assert nano > 0
    assert entry["held_usd"] >= entry["cost_usd"]


@pytest.mark.parametrize("name", SENT)
def test_a_task_that_a_budget_has_no_money_for_is_not_sent(poor: Gateway, name: str) -> None:
    seen = poor.seen()

    answer = poor.ask(name, SENT[name][0])

    assert answer.status_code == 402, answer.text
    assert "budget" in answer.json()["error"]
    assert poor.seen() == seen
    assert poor.entries() == []


@pytest.mark.parametrize("name", SENT)
def test_a_task_counts_into_a_limit_of_requests(paid: Gateway, name: str) -> None:
    wish = {"scope": "instance", "requests_per_minute": 1}
    limit = paid.client.post("/v1/limits", json=wish)
    assert limit.status_code == 201, limit.text

    paid.ask(name, SENT[name][0])
    answer = paid.ask(name, SENT[name][0])

    assert paid.client.delete(f"/v1/limits/{limit.json()['id']}").status_code == 204
    assert answer.status_code == 429, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error_type"] == "overloaded"
