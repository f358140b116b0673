"""A client that reads slowly slows its upstream down; the gateway keeps next to nothing for it."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from tests.integration.providers.upstreams import DONE, chunk, stream_head
from tests.support.commands import Command
from tests.support.idlers import client_that_reads_nothing, post
from tests.support.keys import bearer
from tests.support.raw_upstream import RawConnection, raw_upstream

ADMIN_KEY = "an-admin-key-that-only-this-test-knows"
BODY = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
CALL = post("/v1/chat/completions", json.dumps(BODY).encode(), authorization=bearer(ADMIN_KEY))
PIECE = chunk("word " * 4_000)
MANY_PIECES = 2_500  # 50 MB
MOST_BYTES = 8_000_000
A_GULP = 1_000_000
BETWEEN_GULPS_SECONDS = 0.02  # the upstream could send some tens of MB meanwhile


class Streams:
    """An upstream whose first stream is short and whose second one is long."""

    def __init__(self) -> None:
        self._sizes = iter((1, MANY_PIECES))

    async def serve(self, connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            await stream_head(connection)
            for _ in range(next(self._sizes)):
                await connection.send_chunk(PIECE)
            await connection.send_chunk(chunk(finish="stop") + DONE)
            await connection.send_chunk(b"")


def most_resident_bytes(pid: int) -> int:
    """Return the most memory that a process has had at any time."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024


async def read_slowly(client: socket.socket) -> int:
    """Read a stream to its end, with pauses, and return its size."""
    loop, end, size, pause_at = asyncio.get_running_loop(), b"", 0, A_GULP
    client.setblocking(False)  # noqa: FBT003 - the socket's own signature
    while b"[DONE]" not in end:
        piece = await loop.sock_recv(client, 65_536)
        assert piece, "the stream was cut"
        end = (end + piece)[-100:]
        size += len(piece)
        if size > pause_at:
            pause_at += A_GULP
            await asyncio.sleep(BETWEEN_GULPS_SECONDS)
    return size


@pytest.mark.timeout(60)
async def test_a_long_answer_to_a_slow_client_takes_no_memory(command: Command) -> None:
    command.variables = {"METERHOUSE_ADMIN_KEY": ADMIN_KEY}
    async with raw_upstream(Streams().serve) as raw:
        config = f'[upstreams.up]\nkind = "openai"\nbase_url = "{raw.url}/v1"\nsimulated = true\n'
        (command.folder / "meterhouse.toml").write_text(config, encoding="utf-8")
        with command.running("serve", "--port", "0") as server:
            url = (await asyncio.to_thread(server.wait_for, "Meterhouse")).split()[2]
            with client_that_reads_nothing(url, CALL) as first:
                await read_slowly(first)
            before = most_resident_bytes(server.process.pid)
            with client_that_reads_nothing(url, CALL) as second:
                size = await read_slowly(second)
            after = most_resident_bytes(server.process.pid)

    assert size > MANY_PIECES * len(PIECE)
    assert after - before < MOST_BYTES
