import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.errors import ModelNotFoundError, UpstreamUnreachableError
from app.core.gateway_file import GatewayConfig
from app.core.tasks.task import Task
from app.services.providers.provider import AnswerFacts, ChatRequest
from app.services.routing.catalogue import Catalogue
from app.services.routing.model_directory import FAILED_SECONDS, FRESH_SECONDS, ModelDirectory
from app.services.tasks.work import Work
from app.utils.background import running_beside


class FakeClock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds


class Lists:
    """A provider that lists models, or fails, and counts how often it is asked."""

    def __init__(self, *models: Mapping[str, Any]) -> None:
        self.models = models
        self.fails = False
        self.asked = 0
        self.was_asked = asyncio.Event()

    @property
    def can_chat(self) -> bool:
        return True

    def can_do(self, task: Task, model: str) -> bool:
        raise NotImplementedError

    def strange_to(self, work: Work) -> str | None:
        raise NotImplementedError

    async def task_of(self, model: str) -> str | None:
        raise NotImplementedError

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        raise NotImplementedError

    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        self.asked += 1
        self.was_asked.set()
        if self.fails:
            raise UpstreamUnreachableError("gone")
        return self.models

    async def chat(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        raise NotImplementedError

    def stream_chat(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        raise NotImplementedError

    def stream_task(self, request: ChatRequest, facts: AnswerFacts) -> AsyncGenerator[bytes]:
        raise NotImplementedError


HUB = {"kind": "huggingface", "base_url": "https://hub.test/v1"}
LOCAL = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}
GATEWAY = {
    "upstreams": {"hub": HUB, "local": LOCAL},
    "models": {"small": {"targets": [{"upstream": "local", "model": "llama"}]}},
}


def _directory(hub: Lists, local: Lists, clock: FakeClock | None = None) -> ModelDirectory:
    config = GatewayConfig.model_validate(GATEWAY)
    pools = {"hub": {"1": hub}, "local": {"1": local}}
    return ModelDirectory(config, pools, Catalogue(config, pools), clock or FakeClock())


async def test_every_model_is_listed_once_under_the_name_that_calls_it() -> None:
    hub = Lists({"id": "org/m", "owned_by": "org"}, {"id": "small"})
    local = Lists({"id": "llama", "context_length": 8192})

    models = await _directory(hub, local).list_models()

    assert models == [
        {"id": "small", "context_length": 8192, "owned_by": "local"},
        {"id": "org/m", "owned_by": "org"},
        {"id": "hub/small", "owned_by": "hub"},
        {"id": "local/llama", "context_length": 8192, "owned_by": "local"},
    ]


async def test_every_listed_name_calls_the_upstream_that_listed_it() -> None:
    hub, local = Lists({"id": "local/llama"}, {"id": "org/m"}), Lists({"id": "llama"})
    config = GatewayConfig.model_validate(GATEWAY)
    catalogue = Catalogue(config, {"hub": {"1": hub}, "local": {"1": local}})

    models = await _directory(hub, local).list_models()

    owners = {model["id"]: catalogue.resolve(model["id"]).targets[0].upstream for model in models}
    assert owners == {
        "small": "local",
        "hub/local/llama": "hub",
        "org/m": "hub",
        "local/llama": "local",
    }


async def test_a_configured_name_has_no_suffixes() -> None:
    directory = _directory(Lists({"id": "org/m"}), Lists())

    with pytest.raises(ModelNotFoundError):
        await directory.require_model("small:fastest")


async def test_a_model_is_found_with_a_suffix_too() -> None:
    directory = _directory(Lists({"id": "org/m"}), Lists())

    assert (await directory.require_model("org/m:fastest"))["id"] == "org/m:fastest"
    with pytest.raises(ModelNotFoundError):
        await directory.require_model("org/other")


async def test_upstreams_are_asked_again_only_when_their_list_is_old() -> None:
    hub, clock = Lists({"id": "org/m"}), FakeClock()
    directory = _directory(hub, Lists(), clock)

    await directory.list_models()
    clock.seconds = FRESH_SECONDS - 1
    await directory.list_models()
    assert hub.asked == 1

    clock.seconds = FRESH_SECONDS
    await directory.list_models()
    assert hub.asked == 2


async def test_an_upstream_that_fails_keeps_its_last_list_and_is_left_alone_a_while() -> None:
    hub, clock = Lists({"id": "org/m"}), FakeClock()
    directory = _directory(hub, Lists(), clock)
    await directory.list_models()

    hub.fails, clock.seconds = True, FRESH_SECONDS
    assert {"id": "org/m", "owned_by": "hub"} in await directory.list_models()
    await directory.list_models()
    assert hub.asked == 2

    clock.seconds += FAILED_SECONDS
    await directory.list_models()
    assert hub.asked == 3


async def test_what_is_known_is_what_was_listed_last_and_nobody_is_asked() -> None:
    hub, clock = Lists({"id": "org/m", "owned_by": "org"}), FakeClock()
    directory = _directory(hub, Lists(), clock)
    assert directory.known("hub", "org/m") is None
    assert hub.asked == 0

    await directory.list_models()
    assert directory.known("hub", "org/m") == {"id": "org/m", "owned_by": "org"}
    assert directory.known("local", "org/m") is None
    assert directory.known("nowhere", "org/m") is None

    hub.models, clock.seconds = ({"id": "org/n"},), FRESH_SECONDS
    await directory.list_models()
    assert directory.known("hub", "org/m") is None


async def test_the_version_changes_with_each_list_and_not_with_a_failure() -> None:
    hub, clock = Lists({"id": "org/m"}), FakeClock()
    directory = _directory(hub, Lists(), clock)
    versions = [directory.version]
    for hub.fails, clock.seconds in ((False, 0.0), (False, 1.0), (True, FRESH_SECONDS)):
        await directory.list_models()
        versions.append(directory.version)

    first, listed, fresh, failed = versions
    assert first < listed == fresh < failed  # the other upstream was listed anew
    assert directory.known("hub", "org/m") == {"id": "org/m"}


async def test_beside_the_server_only_routers_are_listed() -> None:
    hub, local = Lists({"id": "org/m"}), Lists({"id": "llama"})
    directory = _directory(hub, local)

    async with running_beside(directory.keep_known()):
        await asyncio.wait_for(hub.was_asked.wait(), 5)

    assert (hub.asked, local.asked) == (1, 0)


async def test_a_router_that_fails_stops_nobody() -> None:
    hub = Lists()
    hub.fails = True
    directory = _directory(hub, Lists())

    async with running_beside(directory.keep_known()):
        await asyncio.wait_for(hub.was_asked.wait(), 5)
        hub.fails = False

    assert directory.known("hub", "org/m") is None
