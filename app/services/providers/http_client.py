"""The one place where clients for upstreams are made."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx2

from app.services.providers.transport import UpstreamTransport

MAX_CONNECTIONS: Final = 1_000
KEEPALIVE_SECONDS: Final = 4.0  # below the 5 s that many servers allow


@asynccontextmanager
async def open_client() -> AsyncGenerator[httpx2.AsyncClient]:
    """Open the client that all upstreams share: no cookies, no environment, no redirects."""
    transport = UpstreamTransport(
        max_connections=MAX_CONNECTIONS, keepalive_seconds=KEEPALIVE_SECONDS
    )
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    async with httpx2.AsyncClient(
        transport=transport, cookies=no_cookies, trust_env=False, follow_redirects=False
    ) as client:
        yield client
