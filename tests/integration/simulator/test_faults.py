"""Faults, as they look on the wire."""

import json
from time import perf_counter

import httpx2
import pytest
from openai import APIConnectionError, OpenAI, RateLimitError

from app.simulator.refusals import REFUSALS, NamedRefusal
from tests.integration.simulator.requests import ECHO, HELLO, body, chunks, events, post, text_of


@pytest.mark.parametrize("named", REFUSALS, ids=lambda named: named.name)
def test_a_named_error_comes_with_its_status_and_body(
    raw_client: httpx2.Client, named: NamedRefusal
) -> None:
    answer = post(raw_client, body(f"sim/{named.name}", stream=True))
    assert answer.status_code == named.refusal.status
    assert int(answer.headers["content-length"]) == len(answer.content)
    if isinstance(named.refusal.body, str):
        kind = "html" if named.name == "gateway-timeout" else "plain"
        assert answer.headers["content-type"] == f"text/{kind}; charset=utf-8"
        assert answer.text == named.refusal.body
    else:
        assert answer.headers["content-type"] == (
            "application/problem+json" if named.name == "problem" else "application/json"
        )
        assert answer.json() == named.refusal.body


def test_any_status_can_be_had_in_both_forms(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/status-418"))
    assert answer.status_code == 418
    assert answer.json()["error"]["message"] == "Simulated status 418."
    answer = post(raw_client, body("sim/status-text-599"))
    assert answer.status_code == 599
    assert answer.json() == {"error": "Simulated status 599."}


def test_a_header_asks_too_and_adds_to_the_model(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body(), x_simulator_fault="rate-limited; retry-after=7")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"
    answer = post(raw_client, body("sim/rate-limited"), x_simulator_fault="retry-after=8")
    assert answer.headers["retry-after"] == "8"


def test_an_unknown_fault_is_refused(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/cutt-3"))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].endswith("unknown fault 'cutt', did you mean cut?")
    answer = post(raw_client, body(), x_simulator_fault="cut=x")
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == "X-Simulator-Fault"


@pytest.mark.parametrize("model", ["sim/loading+times-2", "sim/503-then-ok-2"])
def test_a_fault_can_pass_after_some_times(raw_client: httpx2.Client, model: str) -> None:
    statuses = [post(raw_client, body(model)).status_code for _ in range(4)]
    assert statuses == [503, 503, 200, 200]


def test_a_header_asks_for_a_status_that_passes(raw_client: httpx2.Client) -> None:
    fault = {"x_simulator_fault": "429-then-ok=1; retry-after=3"}
    first, second = (post(raw_client, body(), **fault) for _ in range(2))
    assert (first.status_code, first.headers["retry-after"]) == (429, "3")
    assert second.status_code == 200


def test_loading_takes_the_time_that_was_asked_for(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/loading+estimated-time-3"))
    assert answer.status_code == 503
    assert answer.json() == {"error": "The model is currently loading", "estimated_time": 3.0}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            "error-answer",
            {
                "message": "Simulated error with status 200.",
                "type": "server_error",
                "param": None,
                "code": None,
            },
        ),
        ("error-answer-text", "Simulated error with status 200."),
    ],
)
def test_an_error_can_have_the_status_of_a_success(
    raw_client: httpx2.Client, fault: str, error: object, *, stream: bool
) -> None:
    answer = post(raw_client, body(f"sim/{fault}", stream=stream))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {"error": error}


def test_a_stream_is_cut_after_so_many_events(raw_client: httpx2.Client) -> None:
    lines: list[str] = []
    fields = body("sim/cut-3", stream=True)
    with (
        raw_client.stream("POST", "/v1/chat/completions", json=fields) as answer,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        lines.extend(answer.iter_lines())
    assert answer.status_code == 200
    with pytest.raises(httpx2.RemoteProtocolError):
        post(raw_client, fields)


def test_the_openai_client_raises_on_a_cut_stream(openai_client: OpenAI) -> None:
    stream = openai_client.chat.completions.create(model="sim/cut-3", messages=HELLO, stream=True)
    assert next(iter(stream)).choices[0].delta.role == "assistant"
    with pytest.raises(APIConnectionError):
        list(stream)


def test_a_whole_answer_is_cut_in_its_middle(raw_client: httpx2.Client) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        post(raw_client, body("sim/cut-0"))


def test_a_stream_can_end_as_if_that_were_all(raw_client: httpx2.Client) -> None:
    some = events(post(raw_client, body("sim/end-3", stream=True)))
    assert len(some) == 3
    assert all(json.loads(one)["choices"][0]["finish_reason"] is None for one in some)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            "error-event-2",
            {"message": "M", "type": "server_error", "param": None, "code": None},
        ),
        ("error-event-text-2", "M"),
    ],
)
def test_an_error_can_come_in_the_middle_of_a_stream(
    raw_client: httpx2.Client, fault: str, error: object
) -> None:
    *some, last = events(post(raw_client, body(f"sim/{fault}", stream=True)))
    assert len(some) == 2
    said = last.replace("Simulated error in the middle of a stream.", "M")
    assert json.loads(said)["error"] == error


def test_the_end_mark_can_be_missing(raw_client: httpx2.Client) -> None:
    *_, last = events(post(raw_client, body("sim/no-done", stream=True)))
    assert json.loads(last)["choices"][0]["finish_reason"] == "stop"


def test_the_finish_reason_can_be_missing(raw_client: httpx2.Client) -> None:
    some = chunks(post(raw_client, body("sim/no-finish", stream=True)))
    assert text_of(some) == ECHO
    assert all(chunk["choices"][0]["finish_reason"] is None for chunk in some)


def test_the_space_after_the_colon_can_be_missing(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/no-space", stream=True))
    assert answer.text.startswith('data:{"id"')
    assert answer.text.endswith("data:[DONE]\n\n")
    assert text_of(chunks(answer)) == ECHO


def test_a_stream_can_be_answered_with_json(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/json-answer", stream=True))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["choices"][0]["message"]["content"] == ECHO


def test_several_choices_can_be_refused_silently(raw_client: httpx2.Client) -> None:
    assert len(post(raw_client, body("sim/one-choice", n=3)).json()["choices"]) == 1


def test_usage_can_be_missing(raw_client: httpx2.Client) -> None:
    assert "usage" not in post(raw_client, body("sim/no-usage")).json()
    wanted = {"include_usage": True}
    answer = post(raw_client, body("sim/no-usage", stream=True, stream_options=wanted))
    assert all("usage" not in chunk for chunk in chunks(answer))


def test_usage_can_come_unasked_on_the_last_chunk(raw_client: httpx2.Client) -> None:
    *some, last = chunks(post(raw_client, body("sim/usage-unasked", stream=True)))
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["usage"]["total_tokens"] == 17
    assert all("usage" not in chunk for chunk in some)


def test_usage_can_be_fixed(raw_client: httpx2.Client) -> None:
    answer = post(raw_client, body("sim/prompt-tokens-1000+completion-tokens-0")).json()
    assert answer["usage"] == {
        "prompt_tokens": 1000,
        "completion_tokens": 0,
        "total_tokens": 1000,
    }


@pytest.mark.parametrize("model", ["sim/delay-60", "sim/delay-60+status-500"])
def test_the_status_line_can_be_late(raw_client: httpx2.Client, model: str) -> None:
    started = perf_counter()
    post(raw_client, body(model))
    assert perf_counter() - started >= 0.06


def test_a_client_that_retries_gets_through(simulator_url: str) -> None:
    with OpenAI(base_url=f"{simulator_url}/v1", api_key="x", max_retries=1) as client:
        model = "sim/status-429+times-1"
        answer = client.with_options(max_retries=1).chat.completions.create(
            model=model, messages=HELLO
        )
        assert answer.choices[0].message.content == ECHO
        with pytest.raises(RateLimitError):
            client.chat.completions.create(model="sim/status-429", messages=HELLO)
