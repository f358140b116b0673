"""A Hub that does not answer keeps no list of models from being shown."""

import asyncio

import pytest

from app.core.errors import UpstreamUnreachableError
from app.core.gateway_file import GatewayConfig
from app.services.routing import model_tasks
from app.services.routing.catalogue import Catalogue
from app.services.routing.model_directory import ModelDirectory
from app.services.routing.model_tasks import LEFT_ALONE_SECONDS, ModelTasks
from app.services.routing.task_finder import TaskFinder
from tests.unit.services.routing.test_model_directory import FakeClock, Lists

HUB = {"kind": "huggingface", "base_url": "https://hub.test/v1"}
GATEWAY = {
    "upstreams": {"hub": HUB},
    "models": {"mine": {"targets": [{"upstream": "hub", "model": "org/m"}]}},
}


class Hub(Lists):
    """A Hub that tells tasks, or fails to, or does not answer, and counts how often it is asked."""

    is_silent = False
    looked = 0

    async def task_of(self, model: str) -> str | None:
        assert model == "org/m"
        self.looked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.fails:
            raise UpstreamUnreachableError("gone")
        return "fill-mask"


def _tasks(hub: Hub, clock: FakeClock) -> ModelTasks:
    config = GatewayConfig.model_validate(GATEWAY)
    pools = {"hub": {"1": hub}}
    catalogue = Catalogue(config, pools)
    directory = ModelDirectory(config, pools, catalogue, clock)
    return ModelTasks(directory, TaskFinder(config, catalogue, clock), clock)


async def _of_mine(tasks: ModelTasks) -> list[str]:
    return next(one["tasks"] for one in await tasks.list_models(None) if one["id"] == "mine")


async def test_a_hub_that_fails_is_left_alone_for_a_while_and_then_asked_again() -> None:
    hub, clock = Hub(), FakeClock()
    hub.fails = True
    tasks = _tasks(hub, clock)

    assert await _of_mine(tasks) == await _of_mine(tasks) == []
    assert hub.looked == 1

    hub.fails = False
    clock.seconds += LEFT_ALONE_SECONDS
    assert await _of_mine(tasks) == ["fill-mask"]


async def test_a_hub_that_is_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_tasks, "ASKING_SECONDS", 0)
    hub = Hub()
    hub.is_silent = True

    assert await _of_mine(_tasks(hub, FakeClock())) == []


async def test_models_that_only_an_upstream_lists_are_not_looked_up() -> None:
    hub = Hub({"id": "org/other"}, {"id": "org/chats", "architecture": {"output_modalities": "x"}})

    listed = await _tasks(hub, FakeClock()).list_models(None)

    assert {one["id"]: one["tasks"] for one in listed} == {
        "mine": ["fill-mask"],
        "org/other": [],
        "org/chats": [],
    }
    assert hub.looked == 1
