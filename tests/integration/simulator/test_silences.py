"""Answers that do not come, stop coming, or come very slowly."""

import time
from time import perf_counter

import httpx2
import pytest

from tests.integration.simulator.bare_requests import (
    ask_bare,
    bare_request,
    received_until_silence,
)
from tests.integration.simulator.requests import ECHO, body, chunks, last_call, post, text_of


def outcome_after_leaving(client: httpx2.Client, model: str) -> dict[str, object]:
    """Return what is remembered of a call within a second of its client's leaving."""
    deadline = time.perf_counter() + 1
    while (call := last_call(client, model))["outcome"] == "running":
        assert time.perf_counter() < deadline
    return call


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("faults", ["silent", "silent+status-503", "silent+comments-5"])
def test_silence_sends_no_byte_and_keeps_the_connection(
    simulator_url: str, raw_client: httpx2.Client, faults: str, *, stream: bool
) -> None:
    model = f"sim/{faults}"
    with bare_request(simulator_url, body(model, stream=stream)) as line:
        assert received_until_silence(line) == b""
        assert last_call(raw_client, model)["outcome"] == "running"
    assert outcome_after_leaving(raw_client, model)["outcome"] == "left"
    assert last_call(raw_client, model)["status"] == 0


def test_a_header_asks_for_silence_too(simulator_url: str) -> None:
    with bare_request(simulator_url, body(), "X-Simulator-Fault: silent") as line:
        assert received_until_silence(line) == b""


def test_a_stream_stalls_after_so_many_events_and_stays_open(
    simulator_url: str, raw_client: httpx2.Client
) -> None:
    with bare_request(simulator_url, body("sim/stall-3", stream=True)) as line:
        received = received_until_silence(line)
    assert received.count(b"data: ") == 3
    assert received.endswith(b"\n\n\r\n")
    call = outcome_after_leaving(raw_client, "sim/stall-3")
    assert (call["outcome"], call["status"], call["events_sent"]) == ("left", 200, 3)


def test_a_stream_can_stall_before_its_end_mark(simulator_url: str) -> None:
    with bare_request(simulator_url, body("sim/stall-99", stream=True)) as line:
        received = received_until_silence(line)
    assert b'"finish_reason":"stop"' in received
    assert b"[DONE]" not in received


def test_a_whole_answer_stalls_in_its_middle(simulator_url: str) -> None:
    with bare_request(simulator_url, body("sim/stall-0")) as line:
        head, _, half = received_until_silence(line).partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert len(half) == length // 2


def test_the_earlier_of_a_cut_and_a_stall_counts(simulator_url: str) -> None:
    with bare_request(simulator_url, body("sim/stall-2+cut-5", stream=True)) as line:
        assert received_until_silence(line).count(b"data: ") == 2
    with bare_request(simulator_url, body("sim/stall-5+cut-2", stream=True)) as line:
        received = b"".join(iter(lambda: line.recv(65_536), b""))
    assert received.count(b"data: ") == 2


@pytest.mark.parametrize(("faults", "events"), [("comments-5", 0), ("stall-2+comments-5", 2)])
def test_comments_come_where_data_does_not(
    simulator_url: str, raw_client: httpx2.Client, faults: str, events: int
) -> None:
    received = b""
    with bare_request(simulator_url, body(f"sim/{faults}", stream=True)) as line:
        while received.count(b": simulated comment\n\n") < 3:
            received += line.recv(65_536)
    assert received.count(b"data: ") == events
    call = outcome_after_leaving(raw_client, f"sim/{faults}")
    assert (call["outcome"], call["events_sent"]) == ("left", events)


def test_comments_leave_whole_answers_as_they_are(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/comments-5"))
    assert answer.json()["choices"][0]["message"]["content"] == ECHO


def test_a_drip_sends_every_byte_alone(simulator_url: str, raw_client: httpx2.Client) -> None:
    fields = body("sim/drip-0", stream=True)
    answer = ask_bare(simulator_url, fields)
    assert {len(chunk) for chunk in answer.chunks} == {1}
    assert text_of(chunks(post(raw_client, fields))) == ECHO
    assert last_call(raw_client, "sim/drip-0")["events_sent"] == 17


@pytest.mark.parametrize("model", ["sim/drip-3+length-20", "sim/drip-3+bad-token+length-20"])
def test_a_drip_waits_before_every_byte(raw_client: httpx2.Client, model: str) -> None:
    started = perf_counter()
    assert len(post(raw_client, body(model)).content) == 20
    assert perf_counter() - started >= 20 * 0.003
