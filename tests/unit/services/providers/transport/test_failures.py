import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
import pytest

from app.services.providers.connection import Connection
from tests.support.raw_upstream import OK_HEAD, RawConnection, raw_upstream
from tests.unit.services.providers.transport.sending import open_client, open_transport, post


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@asynccontextmanager
async def deaf_port() -> AsyncGenerator[int]:
    """A port whose queue of waiting connections is full, so that connecting hangs."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    fillers = [socket.socket() for _ in range(4)]
    try:
        for filler in fillers:
            filler.setblocking(False)  # noqa: FBT003
            filler.connect_ex(address)
        yield address[1]
    finally:
        for sock in [*fillers, listener]:
            sock.close()


async def stall(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.wait_until_left()


async def test_a_refused_connection_is_a_connect_error() -> None:
    async with open_client() as client:
        with pytest.raises(httpx2.ConnectError) as caught:
            await client.send(post(f"http://127.0.0.1:{free_port()}"))
    assert caught.value.request.method == "POST"


async def test_a_failure_says_which_request_failed() -> None:
    async def cut(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(OK_HEAD + b"Content-Length: 100\r\n\r\nshort")

    async with raw_upstream(cut) as upstream, open_transport() as transport:
        refused, shortened = post(f"http://127.0.0.1:{free_port()}"), post(upstream.url)
        with pytest.raises(httpx2.ConnectError) as before:
            await transport.handle_async_request(refused)
        answer = await transport.handle_async_request(shortened)
        with pytest.raises(httpx2.RemoteProtocolError) as after:
            await answer.aread()
        await answer.aclose()
    assert before.value.request is refused
    assert after.value.request is shortened


async def test_the_first_of_two_failures_is_told() -> None:
    connection = Connection(set())
    connection.data_received(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    connection.connection_lost(ConnectionResetError())
    with pytest.raises(httpx2.RemoteProtocolError, match="broke HTTP"):
        await connection.read(until=1)


async def test_a_connection_lost_before_its_first_request_sends_nothing() -> None:
    connection = Connection(set())
    connection.connection_lost(None)
    with pytest.raises(httpx2.WriteError):
        await connection.send(b"", b"", until=1)


async def test_an_unknown_host_is_a_connect_error() -> None:
    async with open_client() as client:
        with pytest.raises(httpx2.ConnectError):
            await client.send(post("http://no-such-host.invalid"))


async def test_a_host_that_never_accepts_is_a_connect_timeout() -> None:
    async with deaf_port() as port, open_client() as client:
        with pytest.raises(httpx2.ConnectTimeout):
            await client.send(post(f"http://127.0.0.1:{port}", connect=0.1))


async def test_an_upstream_that_says_nothing_is_a_read_timeout() -> None:
    async with raw_upstream(stall) as upstream, open_client() as client:
        with pytest.raises(httpx2.ReadTimeout):
            await client.send(post(upstream.url, read=0.05))
        async with asyncio.timeout(5):
            await upstream.connections[0].left.wait()


async def test_a_stream_that_stalls_gives_what_it_had_and_is_a_read_timeout() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.start_stream()
        await connection.send_chunk(b"so far")
        await connection.wait_until_left()

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url, read=0.1), stream=True)
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"so far"
        with pytest.raises(httpx2.ReadTimeout):
            await anext(pieces)
        await answer.aclose()
        async with asyncio.timeout(5):
            await upstream.connections[0].left.wait()


async def test_an_upstream_that_takes_no_body_is_a_write_timeout() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.reader.readuntil(b"\r\n\r\n")
        await asyncio.Event().wait()

    async with raw_upstream(handle) as upstream, open_client() as client:
        large = post(upstream.url, bytes(20_000_000), connect=0.1, write=0.1, read=0.1)
        with pytest.raises(httpx2.WriteTimeout):
            await client.send(large)


@pytest.mark.parametrize(
    "beginning",
    [
        b"Content-Length: 100\r\n\r\nshort",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
    ],
)
async def test_a_body_that_is_cut_gives_what_it_had_and_is_a_protocol_error(
    beginning: bytes,
) -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(OK_HEAD + beginning)

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url), stream=True)
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"short"
        with pytest.raises(httpx2.RemoteProtocolError):
            await anext(pieces)
        await answer.aclose()


async def test_a_connection_closed_before_the_status_line_is_a_protocol_error() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()

    async with raw_upstream(handle) as upstream, open_client() as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.send(post(upstream.url))
        assert len(upstream.connections) == 1


async def test_a_reset_connection_is_a_read_error() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        sock: socket.socket = connection.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.writer.transport.abort()

    async with raw_upstream(handle) as upstream, open_client() as client:
        with pytest.raises(httpx2.ReadError):
            await client.send(post(upstream.url))


@pytest.mark.parametrize(
    "head",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        OK_HEAD + b"Content-Length: nine\r\n\r\n",
        OK_HEAD + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        OK_HEAD + b"X-Many: x\r\n" * 10_000 + b"\r\n",
    ],
    ids=["another protocol", "no number", "long line", "many lines"],
)
async def test_a_head_that_breaks_the_rules_is_a_protocol_error(head: bytes) -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(head)
        await connection.wait_until_left()

    async with raw_upstream(handle) as upstream, open_client() as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.send(post(upstream.url))
        async with asyncio.timeout(5):
            await upstream.connections[0].left.wait()


async def test_a_scheme_other_than_http_is_unsupported() -> None:
    async with open_client() as client:
        with pytest.raises(httpx2.UnsupportedProtocol):
            await client.send(post("ftp://127.0.0.1/file"))
