"""A gateway on a real socket, in front of an upstream that the test plays itself."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.db import schema
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.support.raw_upstream import Handler, RawUpstream, raw_upstream
from tests.support.servers import running

BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
PATH = "/v1/chat/completions"


@asynccontextmanager
async def gateway_over(
    handler: Handler, settings: Settings, *, grace_seconds: int = 5, **upstream: Any
) -> AsyncGenerator[tuple[httpx2.AsyncClient, RawUpstream]]:
    """Serve a gateway whose only upstream is `handler`; yield a client with the admin's key."""
    schema.upgrade(settings.data_dir)
    async with raw_upstream(handler) as raw:
        config = {"kind": "openai", "base_url": f"{raw.url}/v1", **upstream}
        gateway = GatewayConfig.model_validate({"upstreams": {"up": config}})
        headers = {"authorization": f"Bearer {ADMIN_KEY}"}
        with running(create_app(settings, gateway), timeout_graceful_shutdown=grace_seconds) as url:
            async with httpx2.AsyncClient(base_url=url, headers=headers) as client:
                yield client, raw


async def entries(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    """Return the ledger's entries, newest first."""
    answer = await client.get("/v1/usage/entries")
    assert answer.status_code == 200
    return answer.json()["data"]
