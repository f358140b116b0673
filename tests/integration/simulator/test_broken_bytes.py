"""Bodies whose bytes are not what they should be."""

import gzip
import json

import httpx2
import pytest

from tests.integration.simulator.bare_requests import ask_bare
from tests.integration.simulator.requests import (
    ECHO,
    body,
    chunks,
    events,
    last_call,
    post,
    text_of,
)

BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(("faults", "index"), [("garbage", 0), ("garbage+at-3", 3)])
def test_garbage_takes_the_place_of_one_event(
    raw_client: httpx2.Client, faults: str, index: int
) -> None:
    some = events(post(raw_client, body(f"sim/{faults}", stream=True)))
    assert some.pop(index) == "<<< simulated garbage, no JSON >>>"
    assert some.pop() == "[DONE]"
    assert len([json.loads(one) for one in some]) == 15


def test_garbage_takes_the_place_of_a_whole_answer(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/garbage"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.text == "<<< simulated garbage, no JSON >>>"


def test_what_is_beyond_the_last_event_happens_in_it(raw_client: httpx2.Client) -> None:
    *_, spoiled, done = events(post(raw_client, body("sim/garbage+at-99", stream=True)))
    assert (spoiled[:3], done) == ("<<<", "[DONE]")


def test_bytes_that_are_no_utf8_come_in_two_chunks(simulator_url: str) -> None:
    answer = ask_bare(simulator_url, body("sim/bad-utf8+at-2", stream=True))
    before, after = answer.chunks[2:4]
    assert before.endswith(b'"content":"\xe2')
    assert after.startswith(b"\x28\xa1")
    assert after.endswith(b"\n\n")
    with pytest.raises(UnicodeDecodeError):
        (before + after).decode()
    b"".join([*answer.chunks[:2], *answer.chunks[4:]]).decode()


def test_a_whole_answer_can_have_bytes_that_are_no_utf8(raw_client: httpx2.Client) -> None:
    with pytest.raises(UnicodeDecodeError):
        post(raw_client, body("sim/bad-utf8")).content.decode()


def test_an_answer_without_text_is_spoiled_elsewhere(raw_client: httpx2.Client) -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    fields = body("sim/nul", tools=tools, tool_choice="required")
    answer = post(raw_client, fields)
    assert b'"model":"\0sim/nul"' in answer.content


def test_a_nul_byte_is_in_the_text(raw_client: httpx2.Client) -> None:
    assert b'"content":"\0[' in post(raw_client, body("sim/nul")).content
    some = events(post(raw_client, body("sim/nul+at-1", stream=True)))
    assert ["\0" in one for one in some[:3]] == [False, True, False]


def test_a_line_can_be_very_long(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/long-line-2+at-1", stream=True))
    sizes = [len(one) for one in events(answer)]
    assert sizes[1] > 2_000_000
    assert sum(sizes) - sizes[1] < 10_000
    assert text_of(chunks(answer)) == ECHO
    whole = post(raw_client, body("sim/long-line-2"))
    assert len(whole.content) > 2_000_000
    assert whole.json()["choices"][0]["message"]["content"] == ECHO


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_can_begin_with_a_byte_order_mark(
    raw_client: httpx2.Client, *, stream: bool
) -> None:
    content = post(raw_client, body("sim/bom", stream=stream)).content
    assert content.startswith(BOM + (b"data: " if stream else b"{"))
    assert content.count(BOM) == 1


@pytest.mark.parametrize(("fault", "end"), [("cr", b"\r"), ("crlf", b"\r\n")])
def test_lines_can_end_in_other_ways(raw_client: httpx2.Client, fault: str, end: bytes) -> None:
    content = post(raw_client, body(f"sim/{fault}", stream=True)).content
    blocks = content.split(end * 2)
    assert len(blocks) == 18
    assert blocks[-2:] == [b"data: [DONE]", b""]
    assert b"\n" not in content.replace(end, b"")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("megabytes", [0, 3])
def test_a_body_can_be_compressed_without_being_asked_to(
    simulator_url: str, megabytes: int, *, stream: bool
) -> None:
    answer = ask_bare(simulator_url, body(f"sim/gzip-{megabytes}", stream=stream))
    packed = b"".join(answer.chunks)
    assert "content-encoding: gzip" in answer.head
    assert len(packed) < 8_000
    content = gzip.decompress(packed)
    assert len(content) - len(content.lstrip(b"\n")) == megabytes * 1_000_000
    assert content.lstrip().startswith(b"data: {" if stream else b"{")
    assert content.endswith(b"data: [DONE]\n\n" if stream else b"}")


def test_a_client_that_unpacks_reads_a_compressed_stream(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/gzip-0", stream=True))
    assert text_of(chunks(answer)) == ECHO


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_can_be_shorter_than_its_length_says(
    raw_client: httpx2.Client, *, stream: bool
) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        post(raw_client, body("sim/length-100000", stream=stream))
    assert last_call(raw_client, "sim/length-100000")["outcome"] == "cut"


@pytest.mark.parametrize("model", ["sim/length-20", "sim/length-20+status-500"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_body_is_cut_off_where_its_length_says_less(
    raw_client: httpx2.Client, model: str, *, stream: bool
) -> None:
    answer = post(raw_client, body(model, stream=stream))
    assert answer.headers["content-length"] == "20"
    assert len(answer.content) == 20
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        json.loads(answer.content)
    call = last_call(raw_client, model)
    assert (call["outcome"], call["events_sent"]) == ("finished", 0)


@pytest.mark.parametrize("stream", [False, True])
def test_a_body_can_be_empty(simulator_url: str, *, stream: bool) -> None:
    answer = ask_bare(simulator_url, body("sim/empty", stream=stream))
    assert answer.head.startswith("http/1.1 200 ok")
    assert b"".join(answer.chunks) == b""
