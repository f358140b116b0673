import asyncio
import ssl
from pathlib import Path

import httpx2
import pytest

from tests.support.raw_upstream import RawConnection, raw_upstream
from tests.unit.services.providers.transport.sending import open_client, open_transport, post

IDENTITY = Path(__file__).with_name("tls_test_only.pem")  # certificate and key for 127.0.0.1


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(IDENTITY)
    return context


def trusting_context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=IDENTITY)


async def stream_for_ever(connection: RawConnection) -> None:
    await connection.read_request()
    await connection.start_stream()
    await connection.send_chunk(b"first")
    await connection.wait_until_left()


async def test_a_certificate_nobody_vouches_for_is_a_connect_error() -> None:
    async with raw_upstream(stream_for_ever, tls=server_context()) as upstream:
        async with open_client() as client:
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                await client.send(post(upstream.url))
        assert upstream.connections == []


async def test_a_certificate_for_another_name_is_a_connect_error() -> None:
    transport = open_transport(ssl_context=trusting_context())
    async with raw_upstream(stream_for_ever, tls=server_context()) as upstream:
        url = upstream.url.replace("127.0.0.1", "localhost")
        async with open_client(transport) as client:
            with pytest.raises(httpx2.ConnectError, match="certificate"):
                await client.send(post(url))


async def test_requests_over_tls_share_a_connection() -> None:
    async def answer_always(connection: RawConnection) -> None:
        while True:
            body = (await connection.read_request()).body
            await connection.answer(body)

    transport = open_transport(ssl_context=trusting_context())
    async with raw_upstream(answer_always, tls=server_context()) as upstream:
        async with open_client(transport) as client:
            for body in (b"small", b"large" * 500_000):
                assert (await client.send(post(upstream.url, body))).content == body
        assert len(upstream.connections) == 1


async def test_leaving_a_stream_over_tls_closes_its_connection_at_once() -> None:
    transport = open_transport(ssl_context=trusting_context())
    async with (
        raw_upstream(stream_for_ever, tls=server_context()) as upstream,
        open_client(transport) as client,
    ):
        answer = await client.send(post(upstream.url), stream=True)
        pieces = answer.aiter_raw()
        assert await anext(pieces) == b"first"
        await answer.aclose()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()


async def test_a_handshake_that_never_ends_is_a_connect_timeout() -> None:
    async def say_nothing(connection: RawConnection) -> None:
        await connection.wait_until_left()

    async with raw_upstream(say_nothing) as upstream, open_client() as client:
        with pytest.raises(httpx2.ConnectTimeout):
            await client.send(post(upstream.url.replace("http:", "https:"), connect=0.1))
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()
