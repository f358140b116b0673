import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from app.services.providers.dialects.chat_request import outgoing_body, wants_usage
from app.services.providers.huggingface.service import adapt_to_router
from app.services.providers.provider import ChatRequest


def _request(text: str, model: str = "m") -> ChatRequest:
    return ChatRequest(json.loads(text), text.encode(), model)


def test_what_needs_no_change_keeps_its_very_bytes() -> None:
    text = '{ "model":"m", "messages" : [], "seed": 1.50 }'

    assert outgoing_body(_request(text), stream=False) == text.encode()


def test_half_a_surrogate_pair_goes_up_as_it_came() -> None:
    text = '{"model": "m", "messages": [{"role": "user", "content": "\\ud83d"}]}'

    body = outgoing_body(_request(text, "theirs"), stream=False)

    assert json.loads(body) == {**json.loads(text), "model": "theirs"}


@pytest.mark.parametrize(
    "wanted",
    [
        {"type": "json_object", "value": {"type": "object"}},
        {"type": "json_object", "schema": {"type": "object"}},
        {"type": "json_schema", "schema": {"type": "object"}},
    ],
)
def test_every_other_form_of_a_schema_becomes_openais(wanted: dict[str, object]) -> None:
    text = json.dumps({"model": "m", "messages": [], "response_format": wanted})

    assert json.loads(outgoing_body(_request(text), stream=False))["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "response", "schema": {"type": "object"}},
    }


@pytest.mark.parametrize(
    "wanted",
    [{"type": "json_object"}, {"type": "text"}, {"type": "json_schema", "json_schema": {"a": 1}}],
)
def test_openais_own_forms_stay(wanted: dict[str, object]) -> None:
    text = json.dumps({"model": "m", "messages": [], "response_format": wanted})

    assert outgoing_body(_request(text), stream=False) == text.encode()


def test_a_streams_other_options_stay() -> None:
    text = '{"model": "m", "messages": [], "stream_options": {"include_obfuscation": false}}'

    body = json.loads(outgoing_body(_request(text), stream=True))

    assert body["stream_options"] == {"include_obfuscation": False, "include_usage": True}


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, "yes", []])
def test_usage_is_wanted_only_where_it_is_asked_for(options: object) -> None:
    assert not wants_usage({"stream_options": options})
    assert wants_usage({"stream_options": {"include_usage": True}})


def test_a_metered_request_says_everything_once() -> None:
    request = _request('{"model": "m", "max_tokens": 9000, "messages": [], "max_tokens": 10}')

    body = outgoing_body(replace(request, is_metered=True), stream=False)

    assert outgoing_body(request, stream=False) == request.body
    assert body == b'{"model":"m","max_tokens":10,"messages":[]}'


CAPS: Final[Sequence[dict[str, int | None]]] = (
    {},
    {"max_tokens": 500},
    {"max_completion_tokens": 500},
    {"max_tokens": None, "max_completion_tokens": 500},
    {"max_tokens": 500, "max_completion_tokens": None},
    {"max_tokens": 10, "max_completion_tokens": 500},
)


@pytest.mark.parametrize("caps", CAPS)
@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_a_cap_goes_where_the_upstream_looks_for_it_and_nowhere_else(
    field: str, caps: dict[str, int | None]
) -> None:
    text = json.dumps({"model": "m", "messages": [], **caps})
    request = replace(_request(text), output_cap=77)

    body = json.loads(outgoing_body(request, stream=False, cap_field=field))

    assert body == {"model": "m", "messages": [], field: 77}


@pytest.mark.parametrize("caps", CAPS)
def test_the_router_is_told_the_cap_by_the_name_that_it_knows(caps: dict[str, int | None]) -> None:
    text = json.dumps({"model": "m", "messages": [], **caps})
    capped = replace(_request(text), output_cap=77, is_metered=True)

    body = json.loads(outgoing_body(capped, stream=False, adapt=adapt_to_router))
    own = json.loads(outgoing_body(_request(text), stream=False, adapt=adapt_to_router))

    assert body == {"model": "m", "messages": [], "max_tokens": 77}
    assert "max_completion_tokens" not in own
    assert own.get("max_tokens") == (caps.get("max_tokens") or caps.get("max_completion_tokens"))


def test_a_cap_that_is_not_needed_stays_as_the_caller_named_it() -> None:
    text = '{"model": "m", "messages": [], "max_completion_tokens": 500}'

    assert outgoing_body(_request(text), stream=False) == text.encode()
