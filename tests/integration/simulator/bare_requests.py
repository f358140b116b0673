"""Requests over a bare socket, for tests that look at bytes and at what never comes."""

import json
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tests.integration.simulator.requests import Json

_PATIENCE_SECONDS: Final = 0.3


@dataclass(frozen=True, slots=True)
class BareAnswer:
    """An answer as it came: its head in lower case, and the chunks of its body."""

    head: str
    chunks: list[bytes]


@contextmanager
def bare_request(url: str, fields: Json, *header_lines: str) -> Generator[socket.socket]:
    """Send a request, and yield the socket on which the answer comes."""
    place = urlsplit(url)
    assert place.hostname is not None
    body = json.dumps(fields).encode()
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        f"Host: {place.netloc}",
        "Authorization: Bearer x",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *header_lines,
    ]
    with socket.create_connection((place.hostname, place.port or 80), timeout=5) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        yield line


def ask_bare(url: str, fields: Json) -> BareAnswer:
    """Return the chunks of an answer that ends."""
    with bare_request(url, fields) as line:
        received = b"".join(iter(lambda: line.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    text = head.decode().lower()
    return BareAnswer(text, _chunks(body) if "chunked" in text else [body])


def received_until_silence(line: socket.socket) -> bytes:
    """Return what comes before nothing more comes; the other side has not closed the connection."""
    line.settimeout(_PATIENCE_SECONDS)
    received = b""
    with suppress(TimeoutError):
        while more := line.recv(65_536):
            received += more
        raise AssertionError(f"closed after {received!r}")
    return received


def _chunks(body: bytes) -> list[bytes]:
    found: list[bytes] = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        found.append(rest[: int(size, 16)])
        body = rest[int(size, 16) + 2 :]
    assert found[-1] == b""
    return found[:-1]
