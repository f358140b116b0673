"""A stream that spells a secret does not give it away."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.services.ledger.spelled_secrets import without_spelled_secrets
from tests.integration.providers.upstreams import DONE, chunk

SECRET = "hf_" + "aB3" * 8


def deltas(events: str) -> list[dict[str, Any]]:
    """Return what the choices of some events add, in order."""
    chunks = [json.loads(one[6:]) for one in events.split("\n\n") if one.startswith("data: {")]
    return [choice["delta"] for one in chunks for choice in one["choices"]]


def said(events: str, name: str = "content") -> str:
    return "".join(delta.get(name) or "" for delta in deltas(events))


@given(cuts=st.sets(st.integers(0, 40)))
def test_a_secret_is_found_wherever_it_is_cut(cuts: set[int]) -> None:
    text = f"Take {SECRET} now."
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(places)]
    events = b"".join([*map(chunk, pieces), DONE]).decode()

    shown = without_spelled_secrets(events, is_cut=False)

    assert said(shown) == "Take [redacted] now."
    assert len(deltas(shown)) == len(pieces)
    assert shown.endswith(DONE.decode())


def test_a_stream_without_secrets_stays_to_the_letter() -> None:
    events = b": hello\n\n" + chunk("mail me@") + chunk("example.com, sk-") + chunk("8") + DONE

    assert without_spelled_secrets(events.decode(), is_cut=False) == events.decode()


def test_choices_and_fields_are_told_apart() -> None:
    def event(index: int, delta: dict[str, Any]) -> str:
        return f"data: {json.dumps({'choices': [{'index': index, 'delta': delta}]})}\n\n"

    def call(index: int, arguments: str) -> dict[str, Any]:
        return {"tool_calls": [{"index": index, "function": {"arguments": arguments}}]}

    half, rest = SECRET[:12], SECRET[12:]
    events = "".join(
        [
            event(0, {"content": half, "reasoning": "so"}),
            event(1, {"content": "other"}),
            event(0, call(0, '{"key": "' + half)),
            event(0, call(1, half)),
            event(0, {"content": rest}),
            event(0, call(0, rest + '"}')),
        ]
    )

    shown = deltas(without_spelled_secrets(events, is_cut=False))

    assert shown[0] == {"content": "[redacted]", "reasoning": "so"}
    assert shown[1] == {"content": "other"}
    assert shown[2] == call(0, '{"key": "[redacted]')
    assert shown[3] == call(1, half)  # no secret yet
    assert (shown[4], shown[5]) == ({"content": ""}, call(0, '"}'))


@pytest.mark.parametrize(
    "rest", ['data: {"choices": [{"del', "data: [1]\n\n", "event: x\ndata: {}\n\n", "data: 5", ""]
)
def test_what_is_no_chunk_is_passed_over(rest: str) -> None:
    events = "".join(chunk(one).decode() for one in (SECRET[:9], SECRET[9:])) + rest

    shown = without_spelled_secrets(events, is_cut=False)

    assert said(shown.removesuffix(rest)) == "[redacted]"
    assert shown.endswith(rest)


def test_a_secret_that_the_bound_cuts_is_gone_too() -> None:
    events = "".join(chunk(letter).decode() for letter in "Take " + SECRET[:10])

    assert said(without_spelled_secrets(events, is_cut=True)) == "Take [redacted]"
    assert said(without_spelled_secrets(events, is_cut=False)) == "Take " + SECRET[:10]
