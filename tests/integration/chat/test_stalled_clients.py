"""A client that stops reading is as good as gone, whatever server carries the application."""

import asyncio
import json
import sqlite3
from contextlib import ExitStack, closing

import httpx2
import pytest

from app.core.config import Settings
from app.db.sqlite import FILE_NAME
from tests.conftest import ADMIN_KEY
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.integration.providers.upstreams import chunk
from tests.support.idlers import Flood, client_that_reads_nothing, post
from tests.support.keys import bearer

STREAM = post(PATH, json.dumps({**BODY, "stream": True}).encode(), authorization=bearer(ADMIN_KEY))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
MOST_IN_FLIGHT_BYTES = 40_000_000  # what the sockets of this machine hold at most


def flood() -> Flood:
    return Flood(HEAD, chunk("word " * 4_000))


def holds(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.data_dir / FILE_NAME)) as connection:
        return int(connection.execute("SELECT count(*) FROM holds").fetchone()[0])


def url_of(client: httpx2.AsyncClient) -> str:
    return str(client.base_url)


async def test_a_client_that_reads_nothing_ends_its_call_and_frees_its_hold(
    settings: Settings,
) -> None:
    upstream = flood()
    quick = settings.model_copy(update={"client_stall_seconds": 0.2})
    async with gateway_over(upstream.serve, quick) as (client, _):
        with client_that_reads_nothing(url_of(client), STREAM):
            await upstream.left.wait()
            written = await entries(client)
            held = holds(settings)

    assert [(entry["status"], entry["stream"]) for entry in written] == [("cancelled", True)]
    assert held == 0
    assert upstream.sent_bytes < MOST_IN_FLIGHT_BYTES


@pytest.mark.timeout(30)
async def test_a_gateway_that_stops_settles_the_call_of_a_client_that_reads_nothing(
    settings: Settings,
) -> None:
    upstream = flood()
    with ExitStack() as still_there:
        async with gateway_over(upstream.serve, settings, grace_seconds=1) as (client, _):
            quiet = client_that_reads_nothing(url_of(client), STREAM)
            reader = still_there.enter_context(quiet)
            assert await asyncio.to_thread(reader.recv, 15) == b"HTTP/1.1 200 OK"
            sent_bytes = -1
            while sent_bytes != upstream.sent_bytes:  # until all that lies between is full
                sent_bytes = upstream.sent_bytes
                await entries(client)

    with closing(sqlite3.connect(settings.data_dir / FILE_NAME)) as connection:
        written = connection.execute("SELECT status FROM entries").fetchall()
    assert written == [("cancelled",)]
    assert holds(settings) == 0
