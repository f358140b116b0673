import asyncio
import gzip

from tests.support.raw_upstream import RawConnection, raw_upstream
from tests.unit.services.providers.transport.sending import open_client, open_transport, post


async def test_headers_come_back_in_order_and_duplicates_stay() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b"", b"X-A: 1", b"X-B: 2", b"X-A: 3", b"Set-Cookie: a=b")

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url))
    assert answer.headers.multi_items() == [
        ("x-a", "1"),
        ("x-b", "2"),
        ("x-a", "3"),
        ("set-cookie", "a=b"),
        ("content-length", "0"),
    ]


async def test_each_chunk_is_handed_on_before_the_next_is_sent() -> None:
    received = asyncio.Event()

    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.start_stream()
        for number in range(5):
            await connection.send_chunk(b"data: %d\n\n" % number)
            await received.wait()
            received.clear()
        await connection.send_chunk(b"")

    pieces: list[bytes] = []
    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url), stream=True)
        async for piece in answer.aiter_raw():
            pieces.append(piece)
            received.set()
        await answer.aclose()
    assert pieces == [b"data: %d\n\n" % number for number in range(5)]


async def test_the_head_is_handed_on_before_the_body_begins() -> None:
    head_seen = asyncio.Event()

    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.start_stream()
        await head_seen.wait()
        await connection.send_chunk(b"late")
        await connection.send_chunk(b"")

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url), stream=True)
        head_seen.set()
        assert await answer.aread() == b"late"


async def test_a_compressed_body_is_passed_on_as_it_is() -> None:
    packed = gzip.compress(b"hello")

    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(packed, b"Content-Encoding: gzip")

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url), stream=True)
        body = b"".join([piece async for piece in answer.aiter_raw()])
        await answer.aclose()
    assert body == packed
    assert answer.headers["content-encoding"] == "gzip"


async def test_an_answer_without_a_length_ends_with_the_connection() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(b"HTTP/1.0 200 OK\r\n\r\nto the end")

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url))
    assert answer.content == b"to the end"


async def test_an_answer_before_the_body_was_taken_is_read() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.reader.readuntil(b"\r\n\r\n")
        await connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
        await connection.wait_until_left()

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url, b"x" * 20_000_000))
    assert (answer.status_code, answer.content) == (413, b"big")


async def test_an_unread_body_stops_the_upstream_instead_of_filling_memory() -> None:
    sent = 0

    async def handle(connection: RawConnection) -> None:
        nonlocal sent
        await connection.read_request()
        await connection.start_stream()
        while sent < 200_000_000:
            await connection.send_chunk(bytes(1_000_000))
            sent += 1_000_000

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url), stream=True)
        before = -1
        while before != sent:
            before = sent
            await asyncio.sleep(0.05)
        await answer.aclose()
    assert sent < 50_000_000


async def test_the_request_stands_in_the_response() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b"ok")

    async with raw_upstream(handle) as upstream, open_transport() as transport:
        request = post(upstream.url)
        answer = await transport.handle_async_request(request)
        await answer.aread()
    assert answer.request is request
