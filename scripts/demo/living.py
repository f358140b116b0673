"""A little traffic while the demo runs, so that its pages move: a call every few seconds."""

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

import httpx2

QUESTIONS: Final = (
    "What is a ledger?",
    "Summarise this ticket in one sentence: the invoice shows last month's address.",
    "Which of our three plans suits a team of twelve?",
    "Say in plain words what a circuit breaker does.",
    "Give me five names for a document about backups.",
)
_CALLERS: Final[Mapping[str, tuple[str, ...]]] = {
    "search-app": ("quick",),
    "notebook": ("coder",),
    "laptop": ("assistant",),
    "new laptop": ("assistant", "quick"),
    "ticket-bot": ("quick", "vision"),
}
_PAUSE_SECONDS: Final = (2.0, 5.0)
_PATIENCE_SECONDS: Final = 30.0
_READ_OF_ONE_LEFT: Final = 12  # lines, until somebody leaves


async def call_now_and_then(url: str, secrets: Mapping[str, str]) -> None:
    """Make one call after another with pauses between them, for as long as nobody stops it."""
    chance = random.Random()  # noqa: S311 - made up, not secret
    async with httpx2.AsyncClient(
        base_url=url, timeout=_PATIENCE_SECONDS, trust_env=False
    ) as client:
        while True:
            key = chance.choice([*_CALLERS])
            client.headers["Authorization"] = f"Bearer {secrets[key]}"
            with suppress(httpx2.HTTPError):  # that some fail is what the demo shows
                await _call(client, chance.choice(_CALLERS[key]), chance)
            await asyncio.sleep(chance.uniform(*_PAUSE_SECONDS))


async def _call(client: httpx2.AsyncClient, model: str, chance: random.Random) -> None:
    message = {"role": "user", "content": chance.choice(QUESTIONS)}
    body = {"model": model, "messages": [message], "max_tokens": 400}
    if chance.random() < 0.4:  # noqa: PLR2004
        await client.post("/v1/chat/completions", json=body)
        return
    leaves = chance.random() < 0.04  # noqa: PLR2004
    async with client.stream("POST", "/v1/chat/completions", json=body | {"stream": True}) as come:
        number = 0
        async for _ in come.aiter_lines():
            number += 1
            if leaves and number > _READ_OF_ONE_LEFT:
                return
