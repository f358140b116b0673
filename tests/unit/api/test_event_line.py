"""What is sent to the client of a stream leaves whole, one after the other."""

import asyncio

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message

from app.api.responses.event_line import KEEPALIVE, EventLine, Patience


class Client:
    """Takes all that is sent, and lets go of the sender once it reads."""

    def __init__(self) -> None:
        self.taken: list[bytes | str] = []
        self.reads = asyncio.Event()
        self.is_sent_to = asyncio.Event()
        self.has_comments = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    async def send(self, message: Message) -> None:
        assert not self._one_at_a_time.locked()
        async with self._one_at_a_time:
            await self._take(message)

    async def _take(self, message: Message) -> None:
        self.taken.append(message.get("body", "head"))
        self.is_sent_to.set()
        if self.taken.count(KEEPALIVE) == 3:
            self.has_comments.set()
        await self.reads.wait()
        await asyncio.sleep(0)


def _line(client: Client, *, stall: float = 60, keepalive: float = 60) -> EventLine:
    return EventLine(
        client.send, lambda: {"type": "http.response.start"}, Patience(stall, keepalive)
    )


async def test_who_meets_a_piece_on_its_way_waits_until_it_is_sent() -> None:
    client = Client()
    line = _line(client)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(line.send(b"one"))
        await client.is_sent_to.wait()
        tasks.create_task(line.send(b"two"))
        tasks.create_task(line.send(b"last", is_last=True))
        tasks.create_task(line.send(b"too late"))
        await asyncio.sleep(0)
        assert client.taken == ["head"]
        client.reads.set()

    assert client.taken == ["head", b"one", b"two", b"last"]


async def test_who_gives_up_on_a_piece_lets_the_next_one_go() -> None:
    client = Client()
    line = _line(client)

    async with asyncio.TaskGroup() as tasks:
        stuck = tasks.create_task(line.send(b"one"))
        await client.is_sent_to.wait()
        tasks.create_task(line.send(b"two"))
        await asyncio.sleep(0)
        stuck.cancel()
        client.reads.set()

    assert client.taken == ["head", b"two"]


async def test_a_comment_waits_for_nobody_longer_than_a_piece_may_take() -> None:
    client = Client()
    line = _line(client, stall=0.02, keepalive=0.01)

    with pytest.raises(ClientDisconnect):
        await line.watch()

    assert line.is_stuck
    assert client.taken == ["head"]


async def test_a_comment_fills_the_silence_between_pieces() -> None:
    client = Client()
    client.reads.set()
    line = _line(client, keepalive=0.001)

    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(line.watch())
        await client.has_comments.wait()
        await line.send(b"one")
        watch.cancel()

    assert client.taken[:4] == ["head", KEEPALIVE, KEEPALIVE, KEEPALIVE]
    assert client.taken.count(b"one") == 1
