"""A gateway over an upstream that the test plays, and teams whose bodies are stored."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import httpx2

from app.core.config import Settings
from app.db.sqlite import FILE_NAME
from tests.integration.chat.gateways import BODY, PATH
from tests.integration.providers.upstreams import stream_head
from tests.support.keys import bearer
from tests.support.raw_upstream import Handler, RawConnection

RULES = "/v1/admin/body-rules"
STREAM = {**BODY, "stream": True}

Headers = dict[str, str]


def streams(*pieces: bytes, ends: bool = True) -> Handler:
    """Return an upstream that streams some pieces, and breaks off after them or not."""

    async def handler(connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            await stream_head(connection)
            for piece in pieces:
                await connection.send_chunk(piece)
            if not ends:
                return
            await connection.send_chunk(b"")

    return handler


async def create(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    """Create something as the admin."""
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def team_key(client: httpx2.AsyncClient, name: str = "red") -> tuple[dict[str, Any], Headers]:
    """Return a new team's service key, and the headers that carry it."""
    team = await create(client, "/v1/teams", name=name)
    key = await create(client, "/v1/keys", name="app", team_id=team["id"])
    return key, {"authorization": bearer(key["secret"])}


async def stored_team(client: httpx2.AsyncClient, **terms: int) -> Headers:
    """Return the headers of a team's key whose bodies are stored."""
    key, headers = await team_key(client)
    await create(client, RULES, scope="team", scope_id=key["team_id"], **terms)
    return headers


async def send(client: httpx2.AsyncClient, headers: Headers, **fields: Any) -> httpx2.Response:
    """Make a call."""
    return await client.post(PATH, json={**BODY, **fields}, headers=headers)


async def body_of(client: httpx2.AsyncClient, answer: httpx2.Response) -> httpx2.Response:
    """Return what is stored of a call, as the admin reads it."""
    return await client.get(f"/v1/admin/usage/entries/{answer.headers['x-request-id']}/body")


async def stored(client: httpx2.AsyncClient, answer: httpx2.Response) -> dict[str, Any]:
    """Return what is stored of a call, which must be something."""
    found = await body_of(client, answer)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.json()
    return body


def query(settings: Settings, sql: str, *values: object) -> Sequence[Any]:
    """Ask the database itself."""
    with closing(sqlite3.connect(settings.data_dir / FILE_NAME)) as database, database:
        return database.execute(sql, values).fetchall()
