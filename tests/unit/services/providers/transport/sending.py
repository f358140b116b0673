"""How these tests open a client over the transport and make a request."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ssl import SSLContext

import httpx2

from app.services.providers.transport import UpstreamTransport


def open_transport(
    *,
    max_connections: int = 10,
    keepalive_seconds: float = 5,
    ssl_context: SSLContext | None = None,
) -> UpstreamTransport:
    """Make a transport with bounds for tests."""
    return UpstreamTransport(
        max_connections=max_connections,
        keepalive_seconds=keepalive_seconds,
        ssl_context=ssl_context,
    )


@asynccontextmanager
async def open_client(
    transport: UpstreamTransport | None = None,
) -> AsyncGenerator[httpx2.AsyncClient]:
    """Open a client over the transport, closed with the block."""
    transport = transport or open_transport()
    async with httpx2.AsyncClient(transport=transport, trust_env=False, timeout=5) as client:
        yield client


def post(
    url: str,
    body: bytes = b"{}",
    *,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    **timeout_seconds: float,
) -> httpx2.Request:
    """Build a POST; `read=0.05` and the like set one of its timeouts, 5 s else."""
    timeout = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": 5.0} | timeout_seconds
    return httpx2.Request(
        "POST", url, headers=list(headers), content=body, extensions={"timeout": timeout}
    )
