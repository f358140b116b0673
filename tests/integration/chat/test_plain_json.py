"""What one reader of JSON could take for something else than another is refused."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from tests.integration.admission.metered import PATH, Metered, chat, metered

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


async def _send(gateway: Metered, content: bytes) -> httpx2.Response:
    headers = {"content-type": "application/json"}
    return await gateway.client.post(PATH, content=content, headers=headers)


def _error(answer: httpx2.Response) -> dict[str, Any]:
    assert answer.status_code == 400
    error: dict[str, Any] = answer.json()["error"]
    return error


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
async def test_only_utf_8_is_json(gateway: Metered, encoding: str) -> None:
    error = _error(await _send(gateway, json.dumps(chat()).encode(encoding)))

    assert "Send it as UTF-8" in error["message"]
    assert gateway.upstream.bodies == []


async def test_a_mark_of_utf_8_at_the_beginning_is_no_fault(gateway: Metered) -> None:
    answer = await _send(gateway, json.dumps(chat()).encode("utf-8-sig"))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('"temperature": 1e999', "temperature"),
        ('"temperature": -1e999', "temperature"),
        ('"temperature": NaN', "temperature"),
        ('"top_p": 0.5, "logit_bias": {"50256": -Infinity}', "logit_bias.50256"),
        ('"stop": [[], 1, [Infinity]]', "stop.2.0"),
        ('"max_tokens": 1e999', "max_tokens"),
    ],
)
async def test_a_number_that_json_does_not_have_is_refused(
    gateway: Metered, field: str, name: str
) -> None:
    content = json.dumps(chat())[:-1] + f", {field}}}"

    error = _error(await _send(gateway, content.encode()))

    assert error["param"] == name
    assert f"`{name}` must be a finite number" in error["message"]
    assert gateway.upstream.bodies == []


async def test_the_largest_numbers_pass(gateway: Metered) -> None:
    assert (await gateway.call(seed=10**30, temperature=1e308)).status_code == 200

    assert gateway.upstream.bodies[0]["temperature"] == 1e308


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
@pytest.mark.parametrize(
    ("cap", "reason"),
    [
        (0, "or equal to 1."),
        (-1, "or equal to 1."),
        (10_000_001, "to 10000000."),
        (10**15, "less than"),
    ],
)
async def test_a_cap_that_nobody_can_mean_is_refused(
    gateway: Metered, name: str, cap: int, reason: str
) -> None:
    error = _error(await gateway.call(**{name: cap}))

    assert error["param"] == name
    assert reason in error["message"]
