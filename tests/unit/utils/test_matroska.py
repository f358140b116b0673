"""How long WebM and Matroska files last."""

import struct

import pytest
from hypothesis import given, strategies as st

from app.utils.matroska import duration_seconds

UNKNOWN = b"\x01" + b"\xff" * 7


def element(name: str, *inner: bytes, size: bytes | None = None) -> bytes:
    body = b"".join(inner)
    told = (len(body) | 1 << 56).to_bytes(8, "big") if size is None else size
    return bytes.fromhex(name) + told + body


def webm(*info: bytes, size: bytes | None = None) -> bytes:
    """Return a file with what its header says, behind something that nobody needs."""
    head = element("1A45DFA3", element("4282", b"webm"))
    inner = (element("EC", bytes(300)), element("1549A966", *info), element("1F43B675", b"..."))
    return head + element("18538067", *inner, size=size)


SCALE = element("2AD7B1", (1_000_000).to_bytes(3, "big"))


@pytest.mark.parametrize("size", [None, UNKNOWN])
def test_a_header_tells_how_long_a_file_lasts(size: bytes | None) -> None:
    assert (
        duration_seconds(webm(SCALE, element("4489", struct.pack(">d", 2_500)), size=size)) == 2.5
    )
    assert duration_seconds(webm(element("4489", struct.pack(">f", 2_500)), size=size)) == 2.5


def test_ticks_are_as_long_as_the_file_says() -> None:
    scale = element("2AD7B1", (1_000).to_bytes(2, "big"))

    assert duration_seconds(webm(scale, element("4489", struct.pack(">d", 3e6)))) == 3.0


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", webm(SCALE), webm(element("4489", b"abc")), element("1A45DFA3")]
)
def test_a_file_that_does_not_tell_has_no_length(data: bytes) -> None:
    assert duration_seconds(data) is None


def test_a_file_that_is_cut_breaks_nothing() -> None:
    data = webm(SCALE, element("4489", struct.pack(">d", 2_500)))

    assert {duration_seconds(data[:end]) for end in range(len(data))} == {None, 2.5}


@given(st.binary(max_size=100))
def test_no_bytes_break_the_reader(rest: bytes) -> None:
    duration_seconds(bytes.fromhex("1A45DFA380") + rest)


def test_a_length_behind_countless_elements_is_not_looked_for() -> None:
    head, rest = element("1A45DFA3"), webm(SCALE, element("4489", struct.pack(">d", 2_500)))

    assert duration_seconds(head + b"\xec\x80" * 9_000 + rest) == 2.5
    assert duration_seconds(head + b"\xec\x80" * 10_000 + rest) is None
