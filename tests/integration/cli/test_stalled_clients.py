"""A server process whose client does not read: its call ends in time, and so does the process."""

import asyncio
import json
import sqlite3
from contextlib import ExitStack, closing

import pytest

from app.db.sqlite import FILE_NAME
from tests.integration.providers.upstreams import chunk
from tests.support.commands import Command
from tests.support.idlers import Flood, client_that_reads_nothing, post
from tests.support.keys import bearer
from tests.support.raw_upstream import raw_upstream

ADMIN_KEY = "an-admin-key-that-only-this-test-knows"
STREAM = post(
    "/v1/chat/completions",
    json.dumps(
        {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
    ).encode(),
    authorization=bearer(ADMIN_KEY),
)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.timeout(60)
async def test_a_process_ends_in_peace_while_a_client_does_not_read(command: Command) -> None:
    upstream = Flood(HEAD, chunk("word " * 4_000))
    command.variables = {
        "METERHOUSE_ADMIN_KEY": ADMIN_KEY,
        "METERHOUSE_CLIENT_STALL_SECONDS": "0.3",
    }
    async with raw_upstream(upstream.serve) as raw:
        config = f'[upstreams.up]\nkind = "openai"\nbase_url = "{raw.url}/v1"\nsimulated = true\n'
        (command.folder / "meterhouse.toml").write_text(config, encoding="utf-8")
        with ExitStack() as stack:
            server = stack.enter_context(command.running("serve", "--port", "0"))
            banner = await asyncio.to_thread(server.wait_for, "Meterhouse")
            reader = stack.enter_context(client_that_reads_nothing(banner.split()[2], STREAM))
            assert await asyncio.to_thread(reader.recv, 15) == b"HTTP/1.1 200 OK"
            status = await asyncio.to_thread(server.end)
            said = server.errors

    assert (status, "Traceback" in said, "ledger_change" in said) == (0, False, False)
    with closing(sqlite3.connect(command.folder / "data" / FILE_NAME)) as connection:
        written = connection.execute("SELECT status FROM entries").fetchall()
        held = connection.execute("SELECT count(*) FROM holds").fetchone()
    assert (written, held) == ([("cancelled",)], (0,))
