import asyncio
import json

import pytest

from app.core.config import Settings
from tests.integration.chat.gateways import BODY, PATH, entries, gateway_over
from tests.integration.providers.upstreams import COMPLETION
from tests.support.raw_upstream import RawConnection

ANSWER = json.dumps(COMPLETION, indent=1).encode()


async def _answers(connection: RawConnection) -> None:
    while True:
        await connection.read_request()
        await connection.answer(ANSWER, b"X-Inference-Provider: groq\r\nSet-Cookie: a=b")


async def test_the_upstreams_bytes_are_the_answer_and_the_headers_tell_its_way(
    settings: Settings,
) -> None:
    async with gateway_over(_answers, settings) as (client, _):
        answer = await client.post(PATH, json=BODY, headers={"x-request-id": "mine"})
        written = await entries(client)

    assert answer.content == ANSWER
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-inference-provider"] == "groq"
    assert answer.headers["x-meterhouse-upstream"] == "up"
    assert answer.headers["x-meterhouse-attempts"] == "1"
    assert answer.headers["server-timing"].startswith("upstream;dur=")
    assert "set-cookie" not in answer.headers
    assert written[0]["id"] == answer.headers["x-request-id"]
    assert written[0]["client_request_id"] == "mine"
    assert (written[0]["units_in"], written[0]["units_out"]) == (5, 1)


@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        ("400 Bad Request", b'{"error":{"message":"m","code":"model_not_supported"}}', 400, None),
        ("401 Unauthorized", b'{"error":"Invalid credentials"}', 502, "upstream_credentials"),
        ("402 Payment", b'{"error":"depleted"}', 503, "upstream_credits"),
        ("403 Forbidden", b'{"error":"scope"}', 502, "upstream_credentials"),
        ("404 Not Found", b'{"error":"no such model"}', 404, "upstream_not_found"),
        ("429 Too Many", b'{"error":"slow"}', 429, "upstream_rate_limited"),
        ("500 Oops", b"<html>", 502, "upstream_error"),
        ("503 Loading", b'{"error":"loading","estimated_time":99.5}', 503, "upstream_loading"),
        ("504 Timeout", b"<html>", 504, "upstream_timeout"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_an_upstreams_refusal_has_one_form_whole_and_streamed(  # noqa: PLR0917 - a table
    settings: Settings,
    status: str,
    body: bytes,
    expected: int,
    code: str | None,
    stream: bool,  # noqa: FBT001 - a case of the table
) -> None:
    async def refuses(connection: RawConnection) -> None:
        await connection.read_request()
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
        await connection.send(head.encode() + body)

    async with gateway_over(refuses, settings) as (client, _):
        answer = await client.post(PATH, json={**BODY, "stream": stream})
        written = await entries(client)

    error = answer.json()["error"]
    assert answer.status_code == expected
    assert error["code"] == (code or "model_not_supported")
    assert error["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["x-error-message"] == error["message"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    loading = code == "upstream_loading"
    assert answer.headers.get("retry-after") == ("100" if loading else None)
    assert [(entry["status"], entry["error_code"]) for entry in written] == [
        ("error", error["code"])
    ]


async def test_a_client_that_leaves_ends_the_upstream_call_within_a_second(
    settings: Settings,
) -> None:
    arrived = asyncio.Event()

    async def stalls(connection: RawConnection) -> None:
        await connection.read_request()
        arrived.set()
        await connection.wait_until_left()

    async with gateway_over(stalls, settings) as (client, upstream):
        async with asyncio.TaskGroup() as group:
            call = group.create_task(client.post(PATH, json=BODY))
            await arrived.wait()
            call.cancel()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()
        written = await entries(client)

    assert [entry["status"] for entry in written] == ["cancelled"]


async def test_a_model_that_nobody_knows_is_not_found_and_costs_nothing(
    settings: Settings,
) -> None:
    async with gateway_over(_answers, settings) as (client, upstream):
        answer = await client.get("/v1/models/org%2Fnone")
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "model_not_found"
        assert await entries(client) == []
        assert len(upstream.connections) == 1


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "m"}, "messages"),
        ({**BODY, "messages": []}, "messages"),
        ({**BODY, "messages": [{"content": "x"}]}, "messages.0.role"),
        ({**BODY, "n": 0}, "n"),
        ({**BODY, "stream": "perhaps"}, "stream"),
        ({**BODY, "model": "m" * 300}, "model"),
        ([], None),
    ],
)
async def test_a_bad_request_names_its_field_and_never_leaves(
    settings: Settings, body: object, param: str | None
) -> None:
    async with gateway_over(_answers, settings) as (client, upstream):
        answer = await client.post(PATH, json=body)

        assert answer.status_code == 400
        assert answer.json()["error"]["param"] == param
        assert upstream.connections == []
        assert await entries(client) == []
