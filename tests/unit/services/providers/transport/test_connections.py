import asyncio

import httpx2
import pytest

from app.services.providers.transport import head_of, origin_of
from tests.support.raw_upstream import RawConnection, raw_upstream
from tests.unit.services.providers.transport.sending import open_client, open_transport, post


async def answer_always(connection: RawConnection) -> None:
    try:
        while True:
            await connection.read_request()
            await connection.answer(b"ok")
    except asyncio.IncompleteReadError:
        connection.left.set()


async def stream_for_ever(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.start_stream()
    await connection.send_chunk(b"first")
    await connection.wait_until_left()


async def say_nothing(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.wait_until_left()


class Reading:
    """An answer that is being read: its first piece was there, more may come."""

    def __init__(self, answer: httpx2.Response) -> None:
        self.answer = answer
        self.pieces = answer.aiter_raw()  # kept, for a dropped iterator closes the answer

    async def aclose(self) -> None:
        await self.answer.aclose()


async def read_first_piece(client: httpx2.AsyncClient, url: str) -> Reading:
    reading = Reading(await client.send(post(url), stream=True))
    assert await anext(reading.pieces) == b"first"
    return reading


async def give_up_on(client: httpx2.AsyncClient, url: str) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await client.send(post(url))


async def test_one_connection_serves_many_requests() -> None:
    async with raw_upstream(answer_always) as upstream, open_client() as client:
        for _ in range(5):
            await client.send(post(upstream.url))
        assert len(upstream.connections) == 1


async def test_a_limit_of_one_request_does_not_reach_into_the_next() -> None:
    async with raw_upstream(answer_always) as upstream, open_client() as client:
        await client.send(post(upstream.url, read=0.05))
        await asyncio.sleep(0.1)  # longer than the first request's limit
        await client.send(post(upstream.url))
        assert len(upstream.connections) == 1


async def test_a_limit_holds_on_a_connection_that_had_a_shorter_one_before() -> None:
    async def answer_once(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b"ok")
        await say_nothing(connection)

    async with raw_upstream(answer_once) as upstream, open_client() as client:
        loop = asyncio.get_running_loop()
        await client.send(post(upstream.url, read=0.1))
        asked = loop.time()
        with pytest.raises(httpx2.ReadTimeout):
            await client.send(post(upstream.url, read=0.3))
        assert loop.time() - asked > 0.29
        assert len(upstream.connections) == 1


async def test_a_shorter_limit_holds_on_a_connection_that_had_a_longer_one_before() -> None:
    async def answer_once(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b"ok")
        await say_nothing(connection)

    async with raw_upstream(answer_once) as upstream, open_client() as client:
        await client.send(post(upstream.url, read=60))
        async with asyncio.timeout(5):
            with pytest.raises(httpx2.ReadTimeout):
                await client.send(post(upstream.url, read=0.05))
        assert len(upstream.connections) == 1


async def test_an_answer_that_was_closed_reads_nothing_of_the_next_one() -> None:
    async with raw_upstream(answer_always) as upstream, open_transport() as transport:
        url = httpx2.URL(upstream.url)
        head = head_of("POST", b"/", [(b"Host", url.netloc)]) + b"Content-Length: 0\r\n\r\n"
        until = asyncio.get_running_loop().time() + 5
        first, second = [
            await transport.ask(origin_of(url), head, b"", connect_seconds=5, until=until)
            for _ in range(2)
        ]
        assert await first.read(until=until) == b"ok"
        first.close()
        third = await transport.ask(origin_of(url), head, b"", connect_seconds=5, until=until)
        with pytest.raises(httpx2.StreamClosed):
            await first.read(until=until)
        for answer in (second, third):
            assert await answer.read(until=until) == b"ok"
            answer.close()
        assert len(upstream.connections) == 2


async def test_an_idle_connection_is_replaced_after_its_time() -> None:
    async with (
        raw_upstream(answer_always) as upstream,
        open_client(open_transport(keepalive_seconds=0)) as client,
    ):
        for _ in range(2):
            await client.send(post(upstream.url))
        assert len(upstream.connections) == 2


async def test_idle_connections_are_closed_when_their_time_is_over() -> None:
    transport = open_transport(keepalive_seconds=0.1)
    async with raw_upstream(answer_always) as upstream, open_client(transport) as client:
        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(client.send(post(upstream.url)))
        assert len(upstream.connections) == 2
        await asyncio.sleep(0.06)
        await client.send(post(upstream.url))  # the younger life of one of the two begins
        async with asyncio.timeout(5):
            for connection in upstream.connections:
                await connection.left.wait()


async def test_a_connection_the_upstream_closed_meanwhile_is_not_used_again() -> None:
    async def answer_once(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b"ok")

    async with raw_upstream(answer_once) as upstream, open_client() as client:
        for number in range(1, 4):
            answer = await client.send(post(upstream.url))
            assert answer.content == b"ok"
            async with asyncio.timeout(5):
                await upstream.connections[-1].writer.wait_closed()
            assert len(upstream.connections) == number


async def test_closing_an_answer_early_closes_its_connection_at_once() -> None:
    async with raw_upstream(stream_for_ever) as upstream, open_client() as client:
        answer = await read_first_piece(client, upstream.url)
        await answer.aclose()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()


async def test_cancelling_the_reader_closes_the_connection_at_once() -> None:
    reading = asyncio.Event()

    async def read_on(client: httpx2.AsyncClient, url: str) -> None:
        answer = await client.send(post(url), stream=True)
        try:
            async for _ in answer.aiter_raw():
                reading.set()
        finally:
            await answer.aclose()

    async with raw_upstream(stream_for_ever) as upstream, open_client() as client:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(read_on(client, upstream.url))
            await reading.wait()
            task.cancel()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()


async def test_cancelling_before_the_answer_frees_connection_and_place() -> None:
    async with (
        raw_upstream(say_nothing) as silent,
        raw_upstream(answer_always) as upstream,
        open_client(open_transport(max_connections=1)) as client,
    ):
        for _ in range(3):
            await give_up_on(client, silent.url)
        answer = await client.send(post(upstream.url, pool=0.05))
        assert answer.content == b"ok"
        async with asyncio.timeout(1):
            for connection in silent.connections:
                await connection.left.wait()


async def test_cancelling_while_waiting_for_a_place_loses_none() -> None:
    async with (
        raw_upstream(stream_for_ever) as upstream,
        open_client(open_transport(max_connections=1)) as client,
    ):
        answer = await read_first_piece(client, upstream.url)
        await give_up_on(client, upstream.url)
        await answer.aclose()
        await (await read_first_piece(client, upstream.url)).aclose()


async def test_a_full_pool_is_a_pool_timeout() -> None:
    async with (
        raw_upstream(stream_for_ever) as upstream,
        open_client(open_transport(max_connections=2)) as client,
    ):
        answers = [await read_first_piece(client, upstream.url) for _ in range(2)]
        with pytest.raises(httpx2.PoolTimeout):
            await client.send(post(upstream.url, pool=0.05))
        for answer in answers:
            await answer.aclose()
        await (await read_first_piece(client, upstream.url)).aclose()
        assert len(upstream.connections) == 3


async def test_a_request_waits_for_a_place_in_a_full_pool() -> None:
    async with (
        raw_upstream(stream_for_ever) as upstream,
        open_client(open_transport(max_connections=1)) as client,
    ):
        first = await read_first_piece(client, upstream.url)
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(read_first_piece(client, upstream.url))
            await asyncio.sleep(0)
            assert not waiting.done()
            await first.aclose()
        await waiting.result().aclose()


async def test_a_failed_request_gives_its_place_back() -> None:
    async with (
        raw_upstream(answer_always) as upstream,
        open_client(open_transport(max_connections=1)) as client,
    ):
        for _ in range(3):
            with pytest.raises(httpx2.UnsupportedProtocol):
                await client.send(post("ftp://127.0.0.1/file"))
        await client.send(post(upstream.url, pool=0.05))


async def test_closing_the_client_closes_busy_connections() -> None:
    async with raw_upstream(stream_for_ever) as upstream:
        async with open_client() as client:
            reading = await read_first_piece(client, upstream.url)
            assert not reading.answer.is_closed
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()
