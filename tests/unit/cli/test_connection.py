"""A client that neither asks nor reads is not waited for, and one that does is."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
import pytest
from fastapi import FastAPI, Response

from app.cli.listener import listen, local_url
from app.cli.server import Server
from tests.support.idlers import client_that_reads_nothing

STALL_SECONDS = 0.1
MANY_BYTES = 30_000_000  # more than sockets hold
ASK = b"GET /%b HTTP/1.1\r\nhost: a\r\n\r\n"


@asynccontextmanager
async def serving() -> AsyncGenerator[tuple[str, Server]]:
    app = FastAPI()

    @app.get("/many")
    async def answer_much(size: int = MANY_BYTES) -> Response:
        return Response(b"x" * size)

    @app.get("/soon")
    async def answer_soon() -> Response:
        return Response(b"done")

    @app.get("/late")
    async def answer_late() -> str:
        await asyncio.sleep(5 * STALL_SECONDS)
        return "done"

    assert answer_much
    assert answer_soon
    assert answer_late
    listener = listen("127.0.0.1", 0)
    server = Server(app, listener, stall_seconds=STALL_SECONDS)
    async with server.running():
        yield local_url(listener), server


async def all_gone(server: Server) -> None:
    while server.server_state.connections:  # noqa: ASYNC110 - uvicorn tells nobody
        await asyncio.sleep(0)


def read_until(client: socket.socket, end: bytes) -> None:
    seen = b""
    while not seen.endswith(end):
        seen += client.recv(4_096)


def send_bytes_until_refused(client: socket.socket) -> bool:
    """Send a header that never ends, byte by byte."""
    try:
        while True:
            client.send(b"x")
    except ConnectionError:
        return True


@pytest.mark.parametrize(
    ("begun", "is_first"),
    [
        (b"", True),
        (b"GET / HTTP/1.1\r\nhost: a", True),
        (b"GET / HTTP/1.1\r\nhost: a", False),
        (b"\r\n", False),
    ],
    ids=["nothing", "half-a-head", "half-a-second-head", "an-empty-line"],
)
async def test_a_client_that_does_not_finish_asking_is_cut(begun: bytes, *, is_first: bool) -> None:
    async with serving() as (url, _):
        with client_that_reads_nothing(url) as client:
            if not is_first:
                client.sendall(ASK % b"soon")
                await asyncio.to_thread(read_until, client, b"done")
            client.sendall(begun)
            assert await asyncio.to_thread(client.recv, 1) == b""


async def test_a_head_that_comes_byte_by_byte_is_cut() -> None:
    async with serving() as (url, _):
        with client_that_reads_nothing(url, b"GET / HTTP/1.1\r\nx: ") as client:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            assert await asyncio.to_thread(send_bytes_until_refused, client)


@pytest.mark.parametrize("size", [MANY_BYTES, 5_000_000])
async def test_a_whole_answer_that_nobody_reads_is_cut(size: int) -> None:
    request = ASK % b"many?size=%d" % size
    async with serving() as (url, server):
        with client_that_reads_nothing(url, request) as client:
            assert await asyncio.to_thread(client.recv, 15) == b"HTTP/1.1 200 OK"
            async with asyncio.timeout(5):
                await all_gone(server)


async def test_a_slow_reader_gets_everything() -> None:
    async with serving() as (url, _):
        address = urlsplit(url)
        with socket.create_connection((address.hostname or "", address.port or 0), 10) as client:
            client.sendall(ASK % b"many")
            got = bytearray()
            while len(got) < MANY_BYTES:
                got += await asyncio.to_thread(client.recv, 1_000_000)
                await asyncio.sleep(STALL_SECONDS / 10)

    assert got.partition(b"\r\n\r\n")[2].startswith(b"x" * (MANY_BYTES - 1_000))


async def test_a_late_answer_comes_and_a_resting_connection_stays() -> None:
    async with serving() as (url, server), httpx2.AsyncClient(base_url=url) as client:
        first = await client.get("/late")
        kept = set(server.server_state.connections)
        await asyncio.sleep(3 * STALL_SECONDS)
        second = await client.get("/late")

        assert (first.json(), second.json()) == ("done", "done")
        assert kept == server.server_state.connections
