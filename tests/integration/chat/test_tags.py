"""What a call says of itself is on its entry, and on its way to the upstream."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import httpx2
import pytest

from app.core.config import Settings
from app.db.sqlite import FILE_NAME
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.integration.providers.upstreams import COMPLETION
from tests.support.keys import bearer
from tests.support.raw_upstream import RawConnection, RawRequest

TAGS = {"x-meterhouse-tags": "team=search,feature=autocomplete"}


class Upstream:
    """Answers, and keeps what it was sent."""

    def __init__(self) -> None:
        self.requests: list[RawRequest] = []

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            self.requests.append(await connection.read_request())
            body = json.dumps(COMPLETION).encode()
            await connection.answer(body, b"Content-Type: application/json")


async def call(client: httpx2.AsyncClient, headers: dict[str, str], **fields: Any) -> None:
    answer = await client.post(PATH, json={**BODY, **fields}, headers=headers)
    assert answer.status_code == 200, answer.text


async def test_an_entry_carries_tags_and_whom_the_call_was_for(settings: Settings) -> None:
    async with gateway_over(Upstream(), settings) as (client, _):
        await call(client, TAGS, metadata={"team": "other", "run": "7"}, user="ana")
        await call(client, {}, metadata=None, user="")
        without, with_tags = await entries(client)
        listed = await client.get("/v1/admin/usage/entries", params={"tag": "feature=autocomplete"})
        with closing(sqlite3.connect(settings.data_dir / FILE_NAME)) as database:
            rows = database.execute("SELECT tags, end_user FROM entries ORDER BY id").fetchall()

    tags = {"team": "search", "run": "7", "feature": "autocomplete"}
    assert (with_tags["tags"], with_tags["end_user"]) == (tags, "ana")
    assert (without["tags"], without["end_user"]) == ({}, None)
    assert [one["id"] for one in listed.json()["data"]] == [with_tags["id"]]
    assert (json.loads(rows[0][0]), rows[0][1], rows[1]) == (tags, "ana", (None, None))


async def test_the_keys_own_tags_go_before_those_of_its_calls(settings: Settings) -> None:
    async with gateway_over(Upstream(), settings) as (client, _):
        team = (await client.post("/v1/teams", json={"name": "red"})).json()["id"]
        wish = {"name": "app", "team_id": team, "tags": {"team": "fixed", "app": "shop"}}
        key = (await client.post("/v1/keys", json=wish)).json()
        headers = {"authorization": bearer(key["secret"])}
        await call(client, {**headers, **TAGS})
        full = {str(number): "x" for number in range(7)}
        refused = await client.post(PATH, json={**BODY, "metadata": full}, headers=headers)
        written = await client.get("/v1/usage/entries", headers=headers)

    assert [one["tags"] for one in written.json()["data"]] == [
        {"team": "fixed", "app": "shop", "feature": "autocomplete"}
    ]
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "metadata"


async def test_metadata_and_user_go_on_as_they_came_and_the_header_does_not(
    settings: Settings,
) -> None:
    upstream = Upstream()
    metadata = {" run ": "7", "empty": ""}
    async with gateway_over(upstream, settings) as (client, _):
        await call(client, TAGS, metadata=metadata, user="ana")

    [sent] = upstream.requests
    body = json.loads(sent.body)
    assert (body["metadata"], body["user"]) == (metadata, "ana")
    assert "tags" not in " ".join(sent.lines).lower()


@pytest.mark.parametrize(
    ("headers", "fields", "param", "words"),
    [
        ({"x-meterhouse-tags": "team"}, {}, "X-Meterhouse-Tags", "name=value,name=value"),
        ({}, {"metadata": {"a": 5}}, "metadata.a", "must be a text"),
        ({}, {"metadata": {"a=b": "c"}}, "metadata.[key]", "without `=`"),
        ({}, {"metadata": {"a": "b\nc"}}, "metadata.a", "printable"),
        ({}, {"metadata": ["a"]}, "metadata", "must be an object"),
        ({}, {"metadata": {str(n): "" for n in range(9)}}, "metadata", "at most 8"),
        ({}, {"user": 7}, "user", "must be a text"),
        ({}, {"user": "u" * 257}, "user", "at most 256 characters"),
        ({}, {"user": "\ud800"}, "user", "unicode"),
        ({}, {"user": "a\u202eb"}, "user", "printable"),
    ],
)
async def test_bad_tags_are_refused_by_name_before_anything_is_sent(  # noqa: PLR0917 - a table
    settings: Settings, headers: dict[str, str], fields: dict[str, Any], param: str, words: str
) -> None:
    upstream = Upstream()
    async with gateway_over(upstream, settings) as (client, _):
        body = json.dumps({**BODY, **fields}).encode()
        headers = {**headers, "content-type": "application/json"}
        refused = await client.post(PATH, content=body, headers=headers)
        written = await entries(client)

    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["param"]) == (400, "invalid_request", param)
    assert words in error["message"]
    assert (upstream.requests, written) == ([], [])


async def test_the_api_reference_names_the_header(settings: Settings) -> None:
    async with gateway_over(Upstream(), settings) as (client, _):
        document = (await client.get("/openapi.json")).json()

    parameters = document["paths"][PATH]["post"]["parameters"]
    assert "X-Meterhouse-Tags" in {one["name"] for one in parameters}
