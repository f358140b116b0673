"""Clients that stop reading, and upstreams that never stop writing."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.support.raw_upstream import RawConnection

_SMALL_BUFFER_BYTES = 4_096


class Flood:
    """An upstream that sends for as long as anybody takes it."""

    def __init__(self, head: bytes, piece: bytes) -> None:
        self._head = head
        self._piece = piece
        self.sent_bytes = 0
        self.left = asyncio.Event()  # the gateway has closed the connection

    async def serve(self, connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(self._head)
        try:
            while True:
                await connection.send_chunk(self._piece)
                self.sent_bytes += len(self._piece)
        except ConnectionError:
            self.left.set()
            raise


@contextmanager
def client_that_reads_nothing(url: str, request: bytes = b"") -> Generator[socket.socket]:
    """Connect with little room for an answer, and send a request."""
    address = urlsplit(url)
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
        client.settimeout(10)
        client.connect((address.hostname, address.port))
        client.sendall(request)
        yield client


def post(path: str, body: bytes, **headers: str) -> bytes:
    """Return a request with a JSON body."""
    lines = [f"POST {path} HTTP/1.1", "host: gateway", "content-type: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body
