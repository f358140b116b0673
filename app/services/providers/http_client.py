"""The one place where clients for upstreams are made."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2

from app.services.providers.transport import UpstreamTransport

MAX_CONNECTIONS: Final = 1_000
KEEPALIVE_SECONDS: Final = 4.0  # below the 5 s that many servers allow


class UpstreamClient(httpx2.AsyncClient):
    """An `AsyncClient` without redirects, cookies, authentication flows and hooks.

    A gateway must not use them: a cookie kept from one answer would go out with another tenant's
    call, and a redirect would carry the operator's credential elsewhere. It is also the cheaper for
    it (numbers: docs/decisions/0004-http-client-and-server.md).
    """

    def __init__(self, transport: UpstreamTransport) -> None:
        """Send everything over `transport`; `ask` is its way for requests that are ready to go."""
        super().__init__(transport=transport, trust_env=False)
        self._direct = transport
        self.ask = transport.ask

    async def send(
        self, request: httpx2.Request, *, stream: bool = False, **_: Any
    ) -> httpx2.Response:
        """Send a request as it is; with `stream`, the caller reads and closes the answer."""
        response = await self._direct.handle_async_request(request)
        if not stream:
            try:
                await response.aread()
            finally:
                await response.aclose()
        return response


@asynccontextmanager
async def open_client() -> AsyncGenerator[UpstreamClient]:
    """Open the client that all upstreams share."""
    transport = UpstreamTransport(
        max_connections=MAX_CONNECTIONS, keepalive_seconds=KEEPALIVE_SECONDS
    )
    async with UpstreamClient(transport) as client:
        yield client
