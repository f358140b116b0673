"""What is kept of a call: bounded while it comes, and cleaned before it is stored."""

import json

import pytest

from app.services.ledger.recording import BodyTerms, Recording, Room
from tests.integration.providers.upstreams import chunk

SECRET = "hf_" + "aB3" * 8


def recording(request: bytes = b"{}", *, max_bytes: int = 1_024, room: int = 10**6) -> Recording:
    return Recording(BodyTerms(max_bytes, 1), request, Room(room))


def test_pieces_are_put_together() -> None:
    kept = recording(b'{"a": 1}')
    for piece in (b"ab", b"", b"cd"):
        kept.add(piece)

    assert kept.texts(is_stream=False) == ('{"a": 1}', "abcd", False)


@pytest.mark.parametrize("size", [1_000, 1_023, 1_024, 1_025, 5_000])
def test_an_answer_is_cut_at_the_bound(size: int) -> None:
    kept = recording()
    for _ in range(size):
        kept.add(b".")

    texts = kept.texts(is_stream=True)

    assert (len(texts.answer), texts.is_cut) == (min(size, 1_024), size > 1_024)


@pytest.mark.parametrize("size", [1_024, 1_025, 5_000, 50_000])
def test_a_request_is_cut_at_the_bound(size: int) -> None:
    texts = recording(b"." * size).texts(is_stream=False)

    assert (len(texts.request), texts.is_cut) == (1_024, size > 1_024)


def test_no_more_is_in_memory_than_the_bound() -> None:
    room = Room(10_000)
    kept = Recording(BodyTerms(1_024, 1), b"{}", room)

    kept.add(b"." * 10**6)
    kept.add(b"." * 10**6)

    assert room.free == 10_000 - 1_024


def test_calls_share_the_room_and_give_it_back() -> None:
    room = Room(1_500)
    first, second = (Recording(BodyTerms(1_024, 1), b"{}", room) for _ in range(2))
    for one in (first, second):
        one.add(b"." * 1_024)

    assert first.texts(is_stream=True)[1:] == ("." * 1_024, False)
    assert second.texts(is_stream=True)[1:] == ("." * 476, True)
    assert room.free == 0
    first.end()
    second.end()
    assert room.free == 1_500


def test_a_character_that_is_cut_in_two_is_left_out() -> None:
    kept = recording("ö".encode() * 1_000, max_bytes=1_025)
    kept.add("ö".encode() * 1_000)

    texts = kept.texts(is_stream=True)

    assert texts == ("ö" * 512, "ö" * 512, True)


def test_half_a_character_of_json_can_be_stored() -> None:
    kept = recording(b'["\\ud800"]')
    kept.add(chunk("\ud800") + chunk(SECRET[:9] + "\ud83d") + chunk(SECRET))

    texts = kept.texts(is_stream=True)

    assert texts.answer.encode()
    assert texts.request == r'["\ud800"]'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_secrets_are_found_in_every_encoding_of_json(encoding: str) -> None:
    kept = recording(json.dumps(["Köln", SECRET], ensure_ascii=False).encode(encoding))

    assert json.loads(kept.texts(is_stream=False).request) == ["Köln", "hf_[redacted]"]


def test_secrets_make_place_for_what_follows() -> None:
    request = json.dumps([SECRET] * 30 + ["the end"]).encode()
    assert len(request) > 800

    texts = recording(request, max_bytes=800).texts(is_stream=False)

    assert json.loads(texts.request)[-1] == "the end"
    assert texts.is_cut is False


@pytest.mark.parametrize("shift", range(40))
def test_no_piece_of_a_secret_is_left_at_the_bound(shift: int) -> None:
    text = "." * (1_024 - shift) + SECRET
    kept = recording(text.encode())
    kept.add(text.encode())

    for shown in kept.texts(is_stream=False)[:2]:
        assert SECRET[3:7] not in shown


def test_no_piece_of_a_secret_moves_up_from_beyond_the_bound() -> None:
    long = SECRET + "aB3" * 58

    for shift in range(len(long) + 1):  # so that it is cut at each of its letters
        kept = recording(("." * shift + f"{long} " * 100).encode())
        assert SECRET[3:7] not in kept.texts(is_stream=False).request
