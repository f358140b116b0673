"""What a model has written is measured, in whatever field it stands."""

import json
from typing import Any, TypeAlias

import pytest

from app.services.providers.dialects.chat_answer import read_completion
from app.services.providers.dialects.chat_stream import ChatStreamReader
from app.services.providers.dialects.written import measure_plain
from app.services.providers.provider import AnswerFacts

CALL = {"index": 0, "id": "call_1", "type": "function"}
Case: TypeAlias = tuple[dict[str, Any], int, int]  # what is written; its bytes; its pieces
PLAIN: list[Case] = [
    ({"role": "assistant", "content": ""}, 0, 0),
    ({"content": "", "role": "assistant"}, 0, 0),
    ({"content": "Hello"}, 5, 1),
    ({"content": "你好"}, 6, 1),
    ({"role": "assistant", "content": None, "reasoning_content": "so"}, 2, 1),
    ({"reasoning": "so", "content": "", "tool_calls": [], "refusal": None}, 2, 1),
]
OTHER: list[Case] = [
    ({}, 0, 0),
    ({"role": "assistant", "content": None}, 0, 0),
    ({"reasoning": "so", "content": "yes"}, 5, 2),
    ({"content": None, "refusal": "no"}, 2, 1),
    ({"thinking": "hm"}, 2, 1),
    (
        {"content": [{"type": "text", "text": "Hello"}, {"type": "thinking", "thinking": "hm"}]},
        7,
        2,
    ),
    ({"content": ["Hel", "lo"]}, 5, 2),
    (
        {"reasoning_details": [{"type": "reasoning.text", "text": "so", "signature": "x" * 99}]},
        2,
        1,
    ),
    ({"tool_calls": [{**CALL, "function": {"name": "f", "arguments": '{"a":1}'}}]}, 8, 2),
    ({"function_call": {"name": "f", "arguments": "{}"}}, 3, 2),
    ({"audio": {"id": "a", "data": "x" * 99, "transcript": "Hello"}}, 5, 1),
    ({"images": [{"type": "image_url", "image_url": {"url": "data:x"}}]}, 0, 0),
]


def _event(choice: dict[str, Any]) -> bytes:
    chunk = {"id": "c", "model": "m", "choices": [{"index": 0, "finish_reason": None, **choice}]}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def _measured(*events: bytes) -> tuple[int, int]:
    facts = AnswerFacts()
    reader = ChatStreamReader("hub", facts, wants_usage=False, choices=1)
    for event in events:
        assert reader.feed(event) == event
    return facts.text_bytes, facts.text_pieces


@pytest.mark.parametrize(("delta", "size", "pieces"), [*PLAIN, *OTHER])
def test_everything_that_is_written_into_a_stream_counts(
    delta: dict[str, Any], size: int, pieces: int
) -> None:
    first, event = _event({"delta": {"content": "x"}}), _event({"delta": delta})

    assert _measured(event) == (size, pieces)
    assert _measured(first, event) == (size + 1, pieces + 1)
    assert _measured(first, event * 3) == (3 * size + 1, 3 * pieces + 1)
    assert _measured(first, first + event + first) == (size + 3, pieces + 3)


@pytest.mark.parametrize(("message", "size", "pieces"), [*PLAIN, *OTHER])
def test_everything_that_is_written_into_a_whole_answer_counts(
    message: dict[str, Any], size: int, pieces: int
) -> None:
    facts = AnswerFacts()

    read_completion("hub", json.dumps({"choices": [{"message": message}]}).encode(), facts)

    assert (facts.text_bytes, facts.text_pieces) == (size, pieces)


@pytest.mark.parametrize(("delta", "size", "pieces"), PLAIN)
def test_events_as_nearly_all_are_need_no_parsing(
    delta: dict[str, Any], size: int, pieces: int
) -> None:
    facts = AnswerFacts()

    assert measure_plain(_event({"delta": delta}) * 2, facts)
    assert (facts.text_bytes, facts.text_pieces) == (2 * size, 2 * pieces)


@pytest.mark.parametrize(("delta", "size", "pieces"), OTHER)
def test_all_others_are_not_taken_for_those(delta: dict[str, Any], size: int, pieces: int) -> None:
    del size, pieces
    facts = AnswerFacts()

    assert not measure_plain(_event({"delta": {"content": "x"}}) + _event({"delta": delta}), facts)
    assert facts == AnswerFacts()


def test_text_that_looks_like_an_event_is_text() -> None:
    first = _event({"delta": {"content": "x"}})
    tricky = 'data: {"delta":{"content":"x"}}, "delta":{"content":"'

    size, pieces = _measured(first, _event({"delta": {"content": tricky}}))

    assert size >= len(tricky) + 1
    assert pieces == 2


def test_text_beside_a_delta_and_several_choices_count() -> None:
    first = _event({"delta": {"content": "x"}})
    two = json.dumps({"choices": [{"delta": {"content": "a"}}, {"delta": {"content": "b"}}]})

    assert _measured(first, _event({"text": "old"})) == (4, 2)
    assert _measured(first, b"data: " + two.encode() + b"\n\n") == (3, 3)


def test_half_a_surrogate_pair_passes_and_counts_as_three_bytes() -> None:
    first = _event({"delta": {"content": "x"}})
    half = (
        b'data: {"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"\\ud83d"}}]}}]}\n\n'
    )

    assert _measured(first, half) == (4, 2)
