"""What a call is written down with, whatever its upstream says that it used."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from app.core.errors import NotReadyError
from app.core.money import LARGEST_NUSD, usd_of
from app.db.verifier import verify
from app.services.ledger.ledger import Ledger
from app.services.providers.connection_pool import ConnectionPool
from tests.integration.admission.metered import (
    PATH,
    Metered,
    chat,
    choice_of,
    event_of,
    metered,
    refusing,
)
from tests.support.raw_upstream import RawConnection

pytestmark = pytest.mark.usefixtures("data_dir")

WORD = event_of([choice_of({"content": "word"})])
STOP = event_of([choice_of({}, "stop")])
DONE = b"data: [DONE]\n\n"
PROMPT_BOUND = range(256, 1_000)  # more than these short prompts can be, and not by much


@pytest.fixture
async def gateway(settings: Settings) -> AsyncGenerator[Metered]:
    async with metered(settings) as opened:
        yield opened


def _usage(tokens_in: Any, tokens_out: Any) -> dict[str, Any]:
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}


async def _entry_of(gateway: Metered, answer: httpx2.Response) -> dict[str, Any]:
    """Return the one entry there is, which is that of the call."""
    [entry] = await gateway.entries()
    assert entry["id"] == answer.headers["x-request-id"]
    return entry


async def _streamed(gateway: Metered, events: Sequence[bytes], **fields: Any) -> dict[str, Any]:
    """Let the upstream stream some events, and no end, and return the entry of the call."""

    async def send(connection: RawConnection) -> None:
        await connection.start_stream()
        for event in events:
            await connection.send_chunk(event)
        await connection.send_chunk(b"")

    gateway.upstream.script = send
    return await _entry_of(gateway, await gateway.call(stream=True, **fields))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("tokens", [2**52, 2**63, -1, 7.5, True, "7"])
async def test_usage_that_cannot_be_is_counted_instead(
    gateway: Metered, settings: Settings, tokens: object, *, stream: bool
) -> None:
    budget = await gateway.set_budget()
    gateway.upstream.usage = _usage(tokens, tokens)
    gateway.upstream.text = "Hi there"

    answer = await gateway.call(stream=stream)

    assert answer.status_code == 200
    entry = await _entry_of(gateway, answer)
    assert (entry["status"], entry["basis"], entry["units_out"]) == ("ok", "counted", 2)
    state = await gateway.budget(budget)
    assert state["held_usd"] == 0
    assert state["settled_usd"] == entry["cost_usd"]
    assert verify(settings.data_dir, 0).broken == []


async def test_a_cost_that_is_too_much_to_be_written_down_is_the_largest_that_is_not(
    settings: Settings,
) -> None:
    dear = [{"model": "m", "input": 10**9, "output": 10**9}]
    async with metered(settings, prices=dear) as gateway:
        budget = await gateway.set_budget(mode="soft")
        gateway.upstream.usage = _usage(100_000_000, 100_000_000)

        entry = await _entry_of(gateway, await gateway.call())

        assert entry["cost_usd"] == usd_of(LARGEST_NUSD)
        assert (await gateway.budget(budget))["held_usd"] == 0
        assert verify(settings.data_dir, 0).broken == []


async def test_usage_that_came_before_a_stream_broke_is_not_all_of_it(gateway: Metered) -> None:
    early = event_of([choice_of({"content": "word"})], usage=_usage(10, 0))

    entry = await _streamed(gateway, [early, *[WORD] * 499])

    assert (entry["status"], entry["error_code"]) == ("error", "upstream_truncated")
    assert (entry["basis"], entry["units_in"], entry["units_out"]) == ("estimated", 10, 500)


async def test_what_an_upstream_said_last_counts_where_it_is_more_than_came(
    gateway: Metered,
) -> None:
    hidden = event_of([choice_of({"content": "word"})], usage=_usage(0, 900))

    entry = await _streamed(gateway, [WORD, hidden])

    assert (entry["basis"], entry["units_out"]) == ("estimated", 900)
    assert entry["units_in"] in PROMPT_BOUND  # nobody reads nothing


async def test_usage_from_the_middle_of_a_whole_stream_is_not_all_of_it(gateway: Metered) -> None:
    early = event_of([choice_of({"content": "word"})], usage=_usage(10, 0))

    entry = await _streamed(gateway, [early, *[WORD] * 499, STOP, DONE])

    assert (entry["status"], entry["basis"], entry["units_out"]) == ("ok", "estimated", 500)


@pytest.mark.parametrize("end", [[STOP], [STOP, DONE]])
async def test_usage_in_every_chunk_is_believed_when_the_last_has_come(
    gateway: Metered, end: list[bytes]
) -> None:
    chunks = [event_of([choice_of({"content": "w"})], usage=_usage(10, 7 * n)) for n in range(9)]

    entry = await _streamed(gateway, [*chunks, *end])

    assert (entry["basis"], entry["units_in"], entry["units_out"]) == ("reported", 10, 56)


async def test_usage_that_came_before_a_client_left_is_all_of_it_where_the_answer_was(
    gateway: Metered,
) -> None:
    left = asyncio.Event()

    async def send_and_wait(connection: RawConnection) -> None:
        await connection.start_stream()
        await connection.send_chunk(WORD + STOP + event_of([], usage=_usage(10, 33)))
        await connection.wait_until_left()
        left.set()

    gateway.upstream.script = send_and_wait
    async with gateway.client.stream("POST", PATH, json=chat(stream=True)) as answer:
        await anext(answer.aiter_bytes())
    async with asyncio.timeout(5):
        await left.wait()

    entry = await _entry_of(gateway, answer)
    assert (entry["status"], entry["basis"], entry["units_out"]) == ("cancelled", "reported", 33)


async def test_what_only_the_total_has_is_paid_for(gateway: Metered) -> None:
    gateway.upstream.usage = {**_usage(10, 5), "total_tokens": 1_015}

    entry = await _entry_of(gateway, await gateway.call())

    assert (entry["basis"], entry["units_out"]) == ("reported", 1_005)
    assert entry["cost_usd"] == pytest.approx((10 + 1_005 * 15) / 1e6)


async def test_text_in_parts_and_the_words_of_a_call_of_a_tool_count(gateway: Metered) -> None:
    parts = [{"type": "text", "text": "word " * 10}]
    tool = [{"index": 0, "function": {"arguments": '{"a": 1}'}}]
    events = [event_of([choice_of(one)]) for one in ({"content": parts}, {"tool_calls": tool})]

    entry = await _streamed(gateway, [*events, STOP, DONE])

    assert (entry["basis"], entry["units_out"]) == ("counted", (50 + 8 + 3) // 4)


@pytest.mark.parametrize(
    "status",
    [b"408 Request Timeout", b"499 Closed", b"504 Timeout", b"520 Unknown", b"524 Timeout"],
)
async def test_who_has_waited_too_long_for_the_model_leaves_it_open_whether_that_bills(
    gateway: Metered, status: bytes
) -> None:
    gateway.upstream.script = refusing(status)

    entry = await _entry_of(gateway, await gateway.call(max_tokens=1_000))

    first, *_ = entry["tries"]
    assert (entry["status"], entry["basis"], first["units_out"]) == ("error", "estimated", 1_000)
    assert first["units_in"] in PROMPT_BOUND
    assert first["cost_usd"] == pytest.approx((first["units_in"] + 15_000) / 1e6)
    assert entry["cost_usd"] == pytest.approx(first["cost_usd"] * entry["attempts"])
    assert entry["attempts"] == len(entry["tries"])


@pytest.mark.parametrize(
    ("status", "head"),
    [
        (b"400 Bad Request", b""),
        (b"429 Too Many Requests", b""),
        (b"307 Temporary Redirect", b"Location: http://127.0.0.1:9/\r\n"),
        (b"500 Oops", b""),
        (b"502 Bad Gateway", b""),
        (b"503 Service Unavailable", b"Retry-After: 30\r\n"),
    ],
)
async def test_a_request_that_was_refused_or_failed_costs_nothing(
    gateway: Metered, status: bytes, head: bytes
) -> None:
    gateway.upstream.script = refusing(status, head)

    entry = await _entry_of(gateway, await gateway.call(max_tokens=1_000))

    assert (entry["status"], entry["basis"], entry["cost_usd"]) == ("error", "counted", 0)
    assert (entry["units_in"], entry["units_out"]) == (0, 0)


async def test_a_stream_that_the_ledger_stops_is_paid_for(
    gateway: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gateway.set_budget(mode="soft")

    def full(*_: object, **__: object) -> None:
        raise NotReadyError("full")

    monkeypatch.setattr(Ledger, "top_up", full)

    entry = await _streamed(gateway, [WORD] * 400, max_tokens=4_000)

    assert (entry["status"], entry["error_code"]) == ("error", "not_ready")
    assert (entry["basis"], entry["units_in"] in PROMPT_BOUND) == ("estimated", True)
    assert entry["units_out"] > 200


async def test_a_call_that_finds_no_connection_costs_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none_left(*_: object, **__: object) -> None:
        raise httpx2.PoolTimeout("none left")

    async with metered(settings) as gateway:
        monkeypatch.setattr(ConnectionPool, "take", none_left)

        answer = await gateway.call()

        assert answer.status_code == 503
        entry = await _entry_of(gateway, answer)
        assert (entry["error_code"], entry["basis"]) == ("not_ready", "counted")
        assert (entry["cost_usd"], entry["units_out"]) == (0, 0)
