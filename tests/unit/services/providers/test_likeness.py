"""Events like the one before pass without a look at all of them, and count all the same."""

import json
import random

import pytest

from app.services.providers.dialects.chat_stream import ChatStreamReader
from app.services.providers.dialects.likeness import Likeness
from app.services.providers.provider import AnswerFacts

FIRST = b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n'
TEXTS = [b"a", b" brown fox", b"", b'\\"', b"\\n", b"a\\\\", b"\\u00e9", "é 你".encode(), b"[DONE]"]


def _event(text: bytes, created: int = 7) -> bytes:
    return (
        b'data: {"created":%d,"choices":[{"index":0,"delta":{"content":"%b"},'
        b'"finish_reason":null}]}\n\n' % (created, text)
    )


def _started() -> tuple[ChatStreamReader, AnswerFacts]:
    facts = AnswerFacts()
    reader = ChatStreamReader("hub", facts, wants_usage=False, choices=1)
    assert reader.feed(FIRST) == FIRST
    return reader, facts


@pytest.mark.parametrize("text", TEXTS)
def test_an_event_that_is_alike_is_measured_to_the_byte(text: bytes) -> None:
    likeness, facts = Likeness(), AnswerFacts()
    likeness.learn(_event(b"some text"))
    events = _event(b"x") + _event(text) * 3 + _event(b"y")

    assert likeness.measure(b"?" + events, 1, facts) == 1 + len(events)
    assert (facts.text_bytes, facts.text_pieces) == (3 * len(text) + 2, 3 * bool(text) + 2)


@pytest.mark.parametrize(
    "other",
    [
        _event(b"a", created=8),
        b": a comment\n\n",
        FIRST,
        b'data: {"error":"boom"}\n\n',
        b"data: [DONE]\n\n",
    ],
)
def test_it_ends_before_the_first_event_that_is_not_alike(other: bytes) -> None:
    likeness, facts = Likeness(), AnswerFacts()
    likeness.learn(_event(b"some text"))
    alike = _event(b"a") + _event(b"b")

    assert likeness.measure(alike + other, 0, facts) == len(alike)
    assert likeness.measure(other + alike, 0, facts) == 0
    assert (facts.text_bytes, facts.text_pieces) == (2, 2)


@pytest.mark.parametrize(
    "text",
    [
        *(b'a"', b'a","refusal":"b', b'"}],"error":{"message":"boom"},"x":[{"y":"'),
        *(b"a\\", b"\\x", b"\\u12", b"\\ud8 3d", b"l\0o", b"l\no", b"\xe2\x28\xa1", b"\xe2"),
    ],
)
@pytest.mark.parametrize("after", [b"", _event(b"b")])
def test_what_is_no_text_is_left_to_those_who_look_closer(text: bytes, after: bytes) -> None:
    likeness, facts = Likeness(), AnswerFacts()
    likeness.learn(_event(b"some text"))

    assert likeness.measure(_event(b"a") + _event(text) + after, 0, facts) == 0
    assert facts == AnswerFacts()


def test_of_two_texts_in_one_event_neither_is_overlooked() -> None:
    likeness, facts = Likeness(), AnswerFacts()
    two = _event(b'a"}},{"delta":{"content":"b')

    likeness.learn(two)

    assert likeness.measure(two, 0, facts) == 0


@pytest.mark.parametrize("nonsense", [b"\xe2\x28\xa1", b"l\0o", b"a\\", b'a" oops "b'])
def test_nonsense_in_an_event_that_looks_alike_ends_the_stream(nonsense: bytes) -> None:
    reader, facts = _started()
    assert reader.feed(_event(b"a")) == _event(b"a")

    assert reader.feed(_event(b"b") + _event(nonsense)) == _event(b"b")
    assert reader.failure
    assert facts.text_bytes == 2


@pytest.mark.parametrize("seed", range(20))
def test_whatever_comes_together_passes_whole_and_counts_the_same(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    texts = chance.choices(TEXTS, k=60)
    events = [_event(text, created=7 + number // 20) for number, text in enumerate(texts)]
    reader, facts = _started()
    passed = b""
    rest = events
    while rest:
        size = chance.randint(1, 8)
        passed += reader.feed(b"".join(rest[:size]))
        rest = rest[size:]

    assert passed == b"".join(events)
    assert facts.text_pieces == sum(map(bool, texts))
    read = sum(len(json.loads(b'"%b"' % text).encode()) for text in texts)
    assert read <= facts.text_bytes <= sum(map(len, texts))
