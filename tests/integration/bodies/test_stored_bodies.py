"""What is stored of calls, whose, and who reads it."""

import asyncio
import json
from datetime import datetime, timedelta

import httpx2
import pytest

from app.core.clock import SystemClock
from app.core.config import Settings
from tests.integration.bodies.calls import (
    RULES,
    STREAM,
    body_of,
    create,
    query,
    send,
    stored,
    stored_team,
    streams,
    team_key,
)
from tests.integration.chat.gateways import BODY, PATH, gateway_over
from tests.integration.providers.upstreams import COMPLETION, USAGE_CHUNK, chunk, stream_head
from tests.support.keys import bearer
from tests.support.people import error_of
from tests.support.raw_upstream import RawConnection

ANSWER = json.dumps(COMPLETION, indent=1).encode()
SECRET = "hf_" + "aB3" * 12


async def answers(connection: RawConnection) -> None:
    while True:
        await connection.read_request()
        await connection.answer(ANSWER)


async def test_a_whole_call_is_stored_as_it_came_and_went(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        headers = await stored_team(client, keep_days=7)
        before = SystemClock().now()
        answer = await client.post(PATH, json=BODY, headers=headers)
        body = await stored(client, answer)

    assert body["entry_id"] == answer.headers["x-request-id"]
    assert json.loads(body["request"]) == BODY
    assert body["answer"] == ANSWER.decode()
    assert body["is_cut"] is False
    expires = datetime.fromisoformat(body["expires_at"])
    assert timedelta(days=7) - timedelta(seconds=1) < expires - before < timedelta(days=7, hours=1)


async def test_a_stream_is_stored_as_the_events_that_went_out(settings: Settings) -> None:
    handler = streams(chunk("Hel"), chunk("lo") + chunk(finish="stop"), USAGE_CHUNK)
    async with gateway_over(handler, settings) as (client, _):
        headers = await stored_team(client)
        answer = await client.post(PATH, json=STREAM, headers=headers)
        body = await stored(client, answer)

    assert body["answer"] == (chunk("Hel") + chunk("lo") + chunk(finish="stop")).decode()
    assert answer.text.startswith(body["answer"])
    assert (json.loads(body["request"]), body["is_cut"]) == (STREAM, False)


async def test_nothing_is_stored_where_no_rule_says_so(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        await stored_team(client)
        _, others = await team_key(client, "blue")
        answer = await send(client, others)
        admins = await client.post(PATH, json=BODY)
        refusals = [await body_of(client, one) for one in (answer, admins)]
        unknown = await client.get("/v1/admin/usage/entries/req_x/body")
        written = query(settings, "SELECT entry_id FROM bodies")
        log = query(settings, "SELECT action FROM audit_log WHERE action = 'body.read'")

    assert {error_of(one) for one in refusals} == {error_of(unknown)}
    status, code, _, message = error_of(unknown)
    assert (status, code) == (404, "not_found")
    assert "GET /v1/admin/body-rules" in message
    assert (written, log) == ([], [])


async def test_a_rule_holds_for_the_next_call_and_not_after_its_end(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        key, headers = await team_key(client)
        first = await send(client, headers)
        rule = await create(client, RULES, scope="team", scope_id=key["team_id"])
        second = await send(client, headers)
        await client.delete(f"{RULES}/{rule['id']}")
        third = await send(client, headers)
        statuses = [(await body_of(client, one)).status_code for one in (first, second, third)]

    assert statuses == [404, 200, 404]


async def test_the_rule_of_a_key_goes_before_its_teams_and_outlives_a_rotation(
    settings: Settings,
) -> None:
    async with gateway_over(answers, settings) as (client, _):
        key, headers = await team_key(client)
        await create(client, RULES, scope="team", scope_id=key["team_id"], max_bytes=262_144)
        await create(client, RULES, scope="key", scope_id=key["id"], max_bytes=1_024)
        other = await create(client, "/v1/keys", name="other", team_id=key["team_id"])
        rotated = await client.post(f"/v1/keys/{key['id']}/rotate")
        lengths = list[int]()
        for secret in (key["secret"], rotated.json()["secret"], other["secret"]):
            headers = {"authorization": bearer(secret)}
            answer = await send(client, headers, padding="x " * 2_500)
            lengths.append(len((await stored(client, answer))["request"]))

    assert lengths[:2] == [1_024, 1_024]
    assert lengths[2] > 5_000


async def test_rules_are_read_at_the_start(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        headers = await stored_team(client)
    async with gateway_over(answers, settings) as (client, _):
        assert (await stored(client, await send(client, headers)))["answer"] == ANSWER.decode()


async def test_what_goes_beyond_the_bound_is_cut_off(settings: Settings) -> None:
    pieces = [chunk("ö" * 400) for _ in range(10)]
    async with gateway_over(streams(*pieces, chunk(finish="stop")), settings) as (client, _):
        headers = await stored_team(client, max_bytes=1_024)
        answer = await client.post(PATH, json=STREAM, headers=headers)
        body = await stored(client, answer)

    assert answer.content.startswith(b"".join(pieces))
    assert 1_020 <= len(body["answer"].encode()) <= 1_024
    assert answer.text.startswith(body["answer"])
    assert body["is_cut"] is True


async def test_files_are_stored_as_their_size(settings: Settings) -> None:
    url = "data:image/png;base64," + "iVBORw0KGgo=" * 1_000
    content = [{"type": "image_url", "image_url": {"url": url}}, {"type": "text", "text": "What?"}]
    async with gateway_over(answers, settings) as (client, _):
        headers = await stored_team(client, max_bytes=1_024)
        answer = await send(client, headers, messages=[{"role": "user", "content": content}])
        body = await stored(client, answer)

    [message] = json.loads(body["request"])["messages"]
    assert message["content"][0]["image_url"]["url"].endswith(" bytes of image/png]")
    assert message["content"][1]["text"] == "What?"
    assert body["is_cut"] is False


async def test_no_secret_is_stored_neither_the_callers_own(settings: Settings) -> None:
    spelled = [chunk(letter) for letter in SECRET]
    async with gateway_over(streams(*spelled, chunk(finish="stop")), settings) as (client, _):
        headers = await stored_team(client)
        own = headers["authorization"].removeprefix("Bearer ")
        text = f"My keys:\n{own}\n{SECRET}\nhttps://me:pa55@example.com"
        answer = await send(
            client,
            headers,
            stream=True,
            messages=[{"role": "user", "content": text}],
            tools=[{"type": "mcp", "headers": {"Authorization": "short"}}],
        )
        body = await stored(client, answer)
        [row] = query(settings, "SELECT request, answer FROM bodies")

    assert SECRET in "".join(
        json.loads(line.removeprefix("data: "))["choices"][0]["delta"].get("content", "")
        for line in answer.text.splitlines()
        if line.startswith("data: {")
    )
    assert row == (body["request"], body["answer"])
    for secret in (own, SECRET, "pa55", "short"):
        assert secret not in body["request"]
    deltas = [json.loads(one[6:])["choices"][0]["delta"] for one in row[1].split("\n\n")[:-1]]
    assert "".join(delta.get("content", "") for delta in deltas) == "[redacted]"


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_that_fails_stores_what_there_is(settings: Settings, *, stream: bool) -> None:
    async def breaks(connection: RawConnection) -> None:
        await connection.read_request()
        if stream:
            await stream_head(connection)
            await connection.send_chunk(chunk("Hi"))

    async with gateway_over(breaks, settings) as (client, _):
        headers = await stored_team(client)
        answer = await send(client, headers, stream=stream)
        body = await stored(client, answer)

    assert body["answer"] == (chunk("Hi").decode() if stream else "")
    assert json.loads(body["request"])["messages"] == BODY["messages"]
    assert body["is_cut"] is False


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_whose_client_leaves_stores_what_there_is(
    settings: Settings, *, stream: bool
) -> None:
    arrived, got = asyncio.Event(), asyncio.Event()

    async def stalls(connection: RawConnection) -> None:
        await connection.read_request()
        if stream:
            await stream_head(connection)
            await connection.send_chunk(chunk("Hi"))
        arrived.set()
        await connection.wait_until_left()

    async def reads(client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        body = {**BODY, "stream": stream}
        async with client.stream("POST", PATH, json=body, headers=headers) as answer:
            async for _ in answer.aiter_raw():
                got.set()

    async with gateway_over(stalls, settings) as (client, upstream):
        headers = await stored_team(client)
        async with asyncio.TaskGroup() as group:
            call = group.create_task(reads(client, headers))
            await (got if stream else arrived).wait()
            call.cancel()
        await upstream.connections[0].left.wait()
        entries = await client.get("/v1/usage/entries", headers=headers)
        [entry] = entries.json()["data"]
        body = (await client.get(f"/v1/admin/usage/entries/{entry['id']}/body")).json()

    assert entry["status"] == "cancelled"
    assert body["answer"] == (chunk("Hi").decode() if stream else "")


async def test_reading_is_written_down(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        headers = await stored_team(client)
        answer = await send(client, headers)
        await stored(client, answer)
        await stored(client, answer)
        log = await client.get("/v1/admin/audit-log", params={"action": "body.read"})
        refused = await client.get(
            f"/v1/admin/usage/entries/{answer.headers['x-request-id']}/body", headers=headers
        )

    rows = log.json()["data"]
    assert [one["object"]["id"] for one in rows] == [answer.headers["x-request-id"]] * 2
    assert rows[0]["object"]["type"] == "body"
    assert rows[0]["object"]["team_id"].startswith("team_")
    assert refused.status_code == 403


async def test_what_has_expired_is_not_shown_even_before_it_is_deleted(settings: Settings) -> None:
    async with gateway_over(answers, settings) as (client, _):
        headers = await stored_team(client)
        answer = await send(client, headers)
        await stored(client, answer)
        query(settings, "UPDATE bodies SET expires_at_ms = 1")

        assert (await body_of(client, answer)).status_code == 404
