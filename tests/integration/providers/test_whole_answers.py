import asyncio
import gzip
import json
from typing import Any

import pytest

from app.core import errors
from app.services.providers import upstream_http
from app.services.providers.provider import AnswerFacts, Usage
from tests.integration.providers.upstreams import (
    COMPLETION,
    TOKEN,
    hub,
    openai_upstream,
    quick,
    request,
)
from tests.support.raw_upstream import RawConnection, RawRequest


class Answers:
    """Answers every request alike and remembers what was asked."""

    def __init__(self, body: bytes | None = None, status: str = "200 OK", head: str = "") -> None:
        self.body = json.dumps(COMPLETION).encode() if body is None else body
        self.head = f"HTTP/1.1 {status}\r\n{head}Content-Type: application/json\r\n"
        self.seen: list[RawRequest] = []

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            self.seen.append(await connection.read_request())
            length = f"Content-Length: {len(self.body)}\r\n\r\n"
            await connection.send((self.head + length).encode() + self.body)

    @property
    def payload(self) -> dict[str, Any]:
        return json.loads(self.seen[0].body)


async def test_the_callers_bytes_go_up_and_the_upstreams_come_back() -> None:
    answers = Answers(head="X-Inference-Provider: groq\r\n")
    facts = AnswerFacts()
    asked = request(unknown_field={"a": 1.0}, temperature=0.5)

    async with openai_upstream(answers) as (provider, _):
        answer = await provider.chat(asked, facts)

    assert answers.seen[0].body == asked.body
    assert answer == answers.body
    assert facts == AnswerFacts("groq", Usage(5, 1), "stop")


async def test_only_the_model_is_rewritten() -> None:
    answers = Answers()
    asked = request("their/name", unknown_field=[1, None, "é"])

    async with openai_upstream(answers) as (provider, _):
        await provider.chat(asked, AnswerFacts())

    assert answers.payload == {**asked.payload, "model": "their/name"}
    assert next(iter(answers.payload)) == "model"


async def test_the_request_is_addressed_as_the_operator_says() -> None:
    answers = Answers()
    more = {
        "query": {"api-version": "2026-01-01"},
        "auth_header": "api-key",
        "auth_scheme": "",
        "headers": {"X-Title": "ours", "User-Agent": "renamed"},
    }

    async with openai_upstream(answers, **more) as (provider, _):
        await provider.chat(request(), AnswerFacts())

    asked = answers.seen[0]
    headers = dict(asked.headers)
    assert asked.lines[0] == "POST /base/v1/chat/completions?api-version=2026-01-01 HTTP/1.1"
    assert headers["api-key"] == TOKEN
    assert "authorization" not in headers
    assert headers["x-title"] == "ours"
    assert headers["user-agent"] == "renamed"
    assert headers["accept-encoding"] == "identity"


async def test_hugging_face_bills_whom_the_operator_names_and_gets_its_own_words() -> None:
    answers = Answers()
    asked = request(
        max_completion_tokens=7, response_format={"type": "json_object", "value": {"type": "null"}}
    )

    async with hub(answers, bill_to="our-org") as provider:
        await provider.chat(asked, AnswerFacts())

    assert dict(answers.seen[0].headers)["x-hf-bill-to"] == "our-org"
    assert dict(answers.seen[0].headers)["authorization"] == f"Bearer {TOKEN}"
    assert answers.payload["max_tokens"] == 7
    assert "max_completion_tokens" not in answers.payload
    assert answers.payload["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "response", "schema": {"type": "null"}},
    }


async def test_the_hub_is_told_nothing_that_lets_somebody_in() -> None:
    answers = Answers()
    more = {"query": {"key": "secret"}, "headers": {"X-Key": "secret"}, "bill_to": "our-org"}

    async with hub(answers, **more) as provider:
        await provider.task_of("org/m")

    asked = answers.seen[0]
    assert asked.lines[0].startswith("GET ")
    assert asked.lines[0].endswith("/api/models/org/m HTTP/1.1")
    assert not {"authorization", "x-key", "x-hf-bill-to"} & dict(asked.headers).keys()


async def test_generate_answers_a_payload_with_what_the_router_says() -> None:
    async with hub(Answers()) as provider:
        answer = await provider.generate({"model": "org/m", "messages": []})

    assert answer == COMPLETION


async def test_an_upstreams_words_lose_the_operators_secret() -> None:
    answers = Answers(b'{"error": "no model for %b"}' % TOKEN.encode(), "400 Bad Request")

    async with openai_upstream(answers) as (provider, _):
        with pytest.raises(errors.UpstreamRejectedError) as refusal:
            await provider.chat(request(), AnswerFacts())

    assert refusal.value.message.endswith("no model for [redacted]")


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (Answers(b"<html>"), errors.UpstreamProtocolError),
        (Answers(b'{"choices": []}'), errors.UpstreamProtocolError),
        (Answers(b"[]"), errors.UpstreamProtocolError),
        (Answers(b'{"error": {"message": "inside a 200"}}'), errors.UpstreamError),
        (
            Answers(b"", "307 Temporary Redirect", "Location: http://127.0.0.1:1/\r\n"),
            errors.UpstreamProtocolError,
        ),
        (Answers(b'{"error": "busy"}', "503 Busy", "Retry-After: 3\r\n"), errors.UpstreamError),
        (Answers(b"x" * 200_000, "500 Oops"), errors.UpstreamError),
    ],
)
async def test_anything_but_a_completion_is_an_error(
    answers: Answers, kind: type[errors.UpstreamError]
) -> None:
    async with openai_upstream(answers) as (provider, _):
        with pytest.raises(kind):
            await provider.chat(request(), AnswerFacts())


async def test_an_answer_over_its_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream_http, "MAX_ANSWER_BYTES", 100)

    async with openai_upstream(Answers()) as (provider, _):
        with pytest.raises(errors.UpstreamProtocolError, match="more than 100 bytes"):
            await provider.chat(request(), AnswerFacts())


async def test_an_answer_cut_short_is_an_error() -> None:
    async def cut(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"choices"')

    async with openai_upstream(cut) as (provider, _):
        with pytest.raises(errors.UpstreamTruncatedError):
            await provider.chat(request(), AnswerFacts())


async def test_an_upstream_that_says_nothing_is_not_waited_for_longer_than_its_limit() -> None:
    async def silent(connection: RawConnection) -> None:
        await connection.wait_until_left()

    async with openai_upstream(silent) as (provider, _):
        with pytest.raises(errors.UpstreamTimeoutError):
            await provider.chat(request(timeouts=quick(total_seconds=0.2)), AnswerFacts())


async def test_an_upstream_that_is_not_there_cannot_be_reached() -> None:
    async with openai_upstream(Answers(), base_url="http://127.0.0.1:9/v1") as (provider, _):
        with pytest.raises(errors.UpstreamUnreachableError, match="log says why"):
            await provider.chat(request(), AnswerFacts())


async def test_a_call_that_is_cancelled_leaves_the_upstream_at_once() -> None:
    arrived = asyncio.Event()

    async def stalls(connection: RawConnection) -> None:
        await connection.read_request()
        arrived.set()
        await connection.wait_until_left()

    async with openai_upstream(stalls) as (provider, upstream):
        async with asyncio.TaskGroup() as group:
            call = group.create_task(provider.chat(request(), AnswerFacts()))
            await arrived.wait()
            call.cancel()
        async with asyncio.timeout(1):
            await upstream.connections[0].left.wait()

    assert call.cancelled()


async def test_models_are_listed_as_the_upstream_lists_them() -> None:
    models = {"data": [{"id": "a", "context_length": 8}, {"name": "no id"}, "odd"]}

    async with openai_upstream(Answers(json.dumps(models).encode())) as (provider, _):
        assert await provider.list_models() == [{"id": "a", "context_length": 8}]


@pytest.mark.parametrize("body", [b"{}", b"<html>", b'{"data": 3}'])
async def test_a_list_of_models_that_is_none_is_refused(body: bytes) -> None:
    async with openai_upstream(Answers(body)) as (provider, _):
        with pytest.raises(errors.UpstreamProtocolError):
            await provider.list_models()


@pytest.mark.parametrize("stream", [False, True])
async def test_a_compressed_answer_is_refused_before_it_fills_the_memory(*, stream: bool) -> None:
    async def bomb(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(gzip.compress(b"\n" * 10_000_000), b"Content-Encoding: gzip")

    async with openai_upstream(bomb) as (provider, _):
        asked = request(stream=stream)
        events = provider.stream_chat(asked, AnswerFacts())
        with pytest.raises(errors.UpstreamProtocolError, match="compresses"):
            await (anext(events) if stream else provider.chat(asked, AnswerFacts()))
