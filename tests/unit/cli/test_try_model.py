"""Which model the printed line names, and what is said where there is none."""

import json
import socket
from typing import Any, Final, NoReturn

import pytest

from app.cli import try_model
from app.cli.try_model import NoModel, find_model
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.core.gateway_models import ModelConfig, TargetConfig
from tests.support.raw_upstream import RawConnection, raw_upstream

CHEAP: Final = {"input": 0.1, "output": 0.1}
DEAR: Final = {"input": 5, "output": 15}


def _provider(name: str, **facts: Any) -> dict[str, Any]:
    return {"provider": name, "status": "live", **facts}


def _gateway(*urls: str, kind: str = "huggingface", simulated: bool = False) -> GatewayConfig:
    tables = [{"kind": kind, "base_url": url, "simulated": simulated} for url in urls]
    upstreams = [UpstreamConfig.model_validate(table) for table in tables]
    return GatewayConfig(upstreams={f"up{n}": one for n, one in enumerate(upstreams)})


async def _find(models: Any, *, kind: str = "huggingface", status: str = "200 OK") -> str | NoModel:
    body = json.dumps({"object": "list", "data": models}).encode()

    async def answer(connection: RawConnection) -> None:
        await connection.read_request()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        await connection.send(head.encode() + body)

    async with raw_upstream(answer) as upstream:
        return await find_model(_gateway(upstream.url, kind=kind))


async def test_the_cheapest_live_provider_wins_and_is_pinned() -> None:
    models = [
        {"id": "org/dear", "providers": [_provider("a", pricing=DEAR)]},
        {
            "id": "org/cheap",
            "providers": [
                _provider("b", pricing=DEAR),
                _provider("c", pricing=CHEAP),
                {"provider": "dead", "status": "error", "is_free": True},
            ],
        },
        {"id": "org/unpriced", "providers": [_provider("d")]},
    ]
    assert await _find(models) == "org/cheap:c"


async def test_a_free_provider_is_cheaper_than_any() -> None:
    models = [
        {"id": "org/cheap", "providers": [_provider("a", pricing=CHEAP)]},
        {"id": "org/free", "providers": [_provider("b", pricing=DEAR, is_free=True)]},
    ]
    assert await _find(models) == "org/free:b"


async def test_a_model_that_writes_no_text_is_passed_over() -> None:
    images = {"output_modalities": ["image"]}
    text = {"input_modalities": ["text", "image"], "output_modalities": ["text"]}
    models = [
        {"id": "org/painter", "architecture": images, "providers": [_provider("a", is_free=True)]},
        {"id": "org/writer", "architecture": text, "providers": [_provider("b", pricing=DEAR)]},
    ]
    assert await _find(models) == "org/writer:b"


@pytest.mark.parametrize(
    "strange",
    [
        {"id": "org/x", "providers": None},
        {"id": "org/x", "architecture": None, "providers": "all"},
        {"id": "org/x", "providers": [None, 3, {"status": "live"}]},
        {"id": "org/x", "providers": [_provider("a", pricing={"input": None, "output": "1"})]},
    ],
)
async def test_a_strange_entry_is_no_reason_to_fail(strange: dict[str, Any]) -> None:
    good = {"id": "org/good", "providers": [_provider("b", pricing=DEAR)]}
    assert await _find([strange, good]) == "org/good:b"


async def test_a_plain_server_offers_its_first_model() -> None:
    assert await _find([{"id": "llama3.2"}, {"id": "other"}], kind="openai") == "llama3.2"


async def test_one_of_several_plain_servers_is_named() -> None:
    async def answer(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b'{"object": "list", "data": [{"id": "llama3.2"}]}')

    async with raw_upstream(answer) as upstream:
        gateway = _gateway(upstream.url, upstream.url, kind="openai")
        assert await find_model(gateway) == "up0/llama3.2"


async def test_a_list_without_a_live_model_says_so() -> None:
    models = [{"id": "org/x", "providers": [{"provider": "a", "status": "error"}]}]
    found = await _find(models)
    assert isinstance(found, NoModel)
    assert found.reason.endswith("lists no model that is live.")


@pytest.mark.parametrize(
    ("status", "reason", "way_out"),
    [
        ("401 Unauthorized", "refuses the token", "https://huggingface.co/settings/tokens"),
        ("403 Forbidden", "refuses the token", "https://huggingface.co/settings/tokens"),
        ("402 Payment Required", "no credits left", "https://huggingface.co/settings/billing"),
        ("500 Internal Server Error", "fails: ", ""),
    ],
)
async def test_a_refusal_is_explained(status: str, reason: str, way_out: str) -> None:
    found = await _find([], status=status)
    assert isinstance(found, NoModel)
    assert found.reason.startswith("127.0.0.1:")
    assert reason in found.reason
    assert way_out in found.way_out


async def test_a_slow_upstream_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(try_model, "_SECONDS", 0.05)

    async def say_nothing(connection: RawConnection) -> None:
        await connection.wait_until_left()

    async with raw_upstream(say_nothing) as upstream:
        found = await find_model(_gateway(upstream.url))
    assert isinstance(found, NoModel)
    assert "does not answer within 3 s (timeout)" in found.reason


async def test_a_closed_port_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    found = await find_model(_gateway(url))
    assert isinstance(found, NoModel)
    assert "cannot be connected to" in found.reason


async def test_a_name_without_an_address_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    found = await find_model(_gateway("http://router.invalid/v1"))
    assert isinstance(found, NoModel)
    assert found.reason == "router.invalid has no address (DNS)."


async def test_configured_models_are_named_without_asking_anybody() -> None:
    target = TargetConfig(upstream="up0", model="x")
    gateway = _gateway("http://127.0.0.1:1").model_copy(
        update={"models": {"mine": ModelConfig(targets=[target])}}
    )
    assert await find_model(gateway) == "mine"
    assert await find_model(gateway.model_copy(update={"default_model": "up0/y"})) == "up0/y"


async def test_the_simulator_is_tried_with_a_model_that_exists_in_earnest() -> None:
    assert await find_model(_gateway("http://127.0.0.1:1", simulated=True)) == "openai/gpt-oss-120b"
