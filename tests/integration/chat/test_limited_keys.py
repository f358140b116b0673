"""What a key's limits and its end do to calls."""

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from app.db.sqlite import FILE_NAME
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.integration.providers.upstreams import COMPLETION, DONE, chunk, stream_head
from tests.support.keys import bearer
from tests.support.raw_upstream import RawConnection

MODELS = json.dumps({"object": "list", "data": [{"id": "m"}, {"id": "org/n"}]}).encode()

Headers = dict[str, str]


async def answers(connection: RawConnection) -> None:
    while True:
        request = await connection.read_request()
        body = MODELS if request.lines[0].startswith("GET") else json.dumps(COMPLETION).encode()
        await connection.answer(body, b"Content-Type: application/json")


async def create(client: httpx2.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    return created


async def team_key(client: httpx2.AsyncClient, **limits: Any) -> tuple[dict[str, Any], Headers]:
    """Return a new team's service key, and the headers that carry it."""
    team = await create(client, "/v1/teams", name="red")
    key = await create(client, "/v1/keys", name="app", team_id=team["id"], **limits)
    return key, {"authorization": bearer(key["secret"])}


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_of_another_model_is_refused_before_anything_is_sent(
    settings: Settings, *, stream: bool
) -> None:
    async with gateway_over(answers, settings) as (client, upstream):
        _, headers = await team_key(client, allowed_models=["org/*"])
        body = {**BODY, "stream": stream}

        refused = await client.post(PATH, json=body, headers=headers)
        written = await client.get("/v1/usage/entries", headers=headers)

    error = refused.json()["error"]
    assert (refused.status_code, error["type"], error["code"], error["param"]) == (
        403,
        "permission_error",
        "model_not_allowed",
        "model",
    )
    assert "GET /v1/models" in error["message"]
    assert upstream.connections == []
    assert written.json()["data"] == []


async def test_a_call_of_an_allowed_model_is_answered(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        _, headers = await team_key(client, allowed_models=["org/*"])

        answer = await client.post(PATH, json={**BODY, "model": "org/n:fast"}, headers=headers)

    assert answer.status_code == 200


async def test_a_key_is_shown_the_models_that_it_may_call(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        _, limited = await team_key(client, allowed_models=["org/*"])

        async def get(path: str, headers: Headers | None = None) -> Any:
            return await client.get(path, headers=headers)

        every, some = await get("/v1/models"), await get("/v1/models", limited)
        forbidden, nothing = await get("/v1/models/m", limited), await get("/v1/models/z", limited)
        statuses = [(await get(f"/v1/models/{one}")).status_code for one in ("m", "z")]

    assert [model["id"] for model in every.json()["data"]] == ["m", "org/n"]
    assert [model["id"] for model in some.json()["data"]] == ["org/n"]
    assert statuses == [200, 404]
    assert forbidden.status_code == nothing.status_code == 404
    assert [one.json()["error"]["code"] for one in (forbidden, nothing)] == ["model_not_found"] * 2


async def test_an_entry_names_the_user_and_the_team_of_the_key_that_called(
    settings: Settings,
) -> None:
    async with gateway_over(answers, settings) as (client, _):
        service, headers = await team_key(client)
        user = await create(client, "/v1/users", email="mo@example.com", name="Mo")
        team_id = service["team_id"]
        await create(client, f"/v1/teams/{team_id}/members", user_id=user["id"])
        charged = await create(client, "/v1/keys", name="own", user_id=user["id"], team_id=team_id)
        for one in (headers, {"authorization": bearer(charged["secret"])}, None):
            assert (await client.post(PATH, json=BODY, headers=one)).status_code == 200
        own = await client.get("/v1/usage", headers=headers)
        await entries(client)  # they are written by now
        with closing(sqlite3.connect(settings.data_dir / FILE_NAME)) as database:
            written = database.execute("SELECT key_id, user_id, team_id FROM entries ORDER BY id")
            rows = written.fetchall()

    assert rows == [
        (service["id"], None, team_id),
        (charged["id"], user["id"], team_id),
        ("bootstrap", None, None),
    ]
    assert own.json()["calls"] == 1  # and not what others of the team called


async def test_an_answer_under_way_is_finished_when_its_key_is_revoked(settings: Settings) -> None:
    revoked = asyncio.Event()

    async def waits(connection: RawConnection) -> None:
        await connection.read_request()
        await stream_head(connection)
        await connection.send_chunk(chunk("Hi"))
        await revoked.wait()
        await connection.send_chunk(chunk(finish="stop") + DONE)
        await connection.send_chunk(b"")

    async with gateway_over(waits, settings) as (client, _):
        key, headers = await team_key(client)
        stream = {**BODY, "stream": True}
        async with client.stream("POST", PATH, json=stream, headers=headers) as answer:
            pieces = answer.aiter_raw()
            assert await anext(pieces) == chunk("Hi")
            assert (await client.delete(f"/v1/keys/{key['id']}")).status_code == 204
            refused = await client.post(PATH, json=stream, headers=headers)
            revoked.set()
            rest = b"".join([piece async for piece in pieces])

    assert refused.status_code == 401
    assert rest.endswith(DONE)
