from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.utils.sse import EventSplitter, EventTooLargeError, parse_event

LINES = st.sampled_from(
    [b'data: {"a":1}', b"data:x", b": comment", b"event: error", b"data: \xc3\xa9"]
)
EVENTS = st.lists(st.lists(LINES, min_size=1, max_size=3), max_size=6)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])


def _split(pieces: list[bytes]) -> list[bytes]:
    splitter = EventSplitter()
    fed = b"".join(splitter.feed(piece) for piece in pieces)
    events = (fed + splitter.close()).split(b"\n\n")
    return [event + b"\n\n" for event in events if event]


@given(events=EVENTS, end=ENDS, cuts=st.lists(st.integers(0, 400), max_size=12))
def test_the_same_events_come_out_however_the_bytes_are_cut(
    events: list[list[bytes]], end: bytes, cuts: list[int]
) -> None:
    stream = b"".join(end.join(lines) + end + end for lines in events)
    borders = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(borders)]

    expected = [b"\n".join(lines) + b"\n\n" for lines in events]
    assert _split(pieces) == expected


def test_a_byte_order_mark_is_dropped() -> None:
    assert _split([b"\xef\xbb\xbfdata: a\n\n"]) == [b"data: a\n\n"]


def test_a_last_event_without_its_blank_line_still_counts() -> None:
    assert _split([b"data: a\n\ndata: [DONE]\n"]) == [b"data: a\n\n", b"data: [DONE]\n\n"]


def test_an_event_over_its_bound_is_refused() -> None:
    splitter = EventSplitter(max_event_bytes=10)
    splitter.feed(b"data: 0123")

    with pytest.raises(EventTooLargeError):
        splitter.feed(b"456789")


def test_an_event_has_a_name_and_data_of_several_lines() -> None:
    assert parse_event(b"event: error\nid: 7\ndata: a\ndata:b\n\n") == (b"error", b"a\nb")


def test_a_comment_has_neither() -> None:
    assert parse_event(b": keep-alive\n\n") == (b"", b"")
