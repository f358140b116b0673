"""Scripted answers, as they come out."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import httpx2
import pytest

from app.simulator.app import create_simulator
from app.simulator.script import load_script
from tests.integration.simulator.requests import Json, body, chunks, post, text_of
from tests.support.clocks import FakeClock
from tests.support.servers import running

SCRIPT = """
    [pacing]
    chunk_delay_ms = 0

    [[answers]]
    contains = "capital"
    text = "Paris."
    reasoning = "Geography."

    [[answers]]
    contains = "weather"
    tool_calls = [{ name = "get_weather", arguments = { city = "Paris" } }, { name = "b" }]

    [[answers]]
    model = "json/*"
    json = { total = 12.5 }

    [[answers]]
    model = "null/*"
    fault = "no-usage"

    [[answers]]
    model = "busy/*"
    times = 2
    status = 429
    body = { error = "slow down" }
    fault = "retry-after=1"

    [[answers]]
    model = "busy/*"
    text = "At last."

    [[answers]]
    model = "plain/*"
    status = 500
    body = "It broke."

    [[answers]]
    model = "bare/*"
    status = 500

    [[answers]]
    model = "twice/*"
    fault = "status=502; times=1"
"""


@pytest.fixture
def scripted(tmp_path: Path) -> Generator[httpx2.Client]:
    path = tmp_path / "script.toml"
    path.write_text(dedent(SCRIPT), encoding="utf-8")
    with asking(path) as client:
        yield client


@contextmanager
def asking(path: Path, clock: FakeClock | None = None) -> Generator[httpx2.Client]:
    headers = {"authorization": "Bearer x"}
    with (
        running(create_simulator(load_script(path), clock=clock)) as url,
        httpx2.Client(base_url=url, headers=headers) as client,
    ):
        yield client


def asked(text: str, model: str = "m", **more: object) -> Json:
    return body(model, messages=[{"role": "user", "content": text}], **more)


def test_a_text_is_answered_as_written(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("The CAPITAL of France?")).json()
    assert answer["choices"][0]["message"] == {
        "role": "assistant",
        "content": "Paris.",
        "reasoning": "Geography.",
    }
    assert answer["system_fingerprint"] == "meterhouse-simulator"
    assert text_of(chunks(post(scripted, asked("capital", stream=True)))) == "Paris."


def test_tools_are_called_as_written(scripted: httpx2.Client) -> None:
    message = post(scripted, asked("weather")).json()["choices"][0]["message"]
    functions = [call["function"] for call in message["tool_calls"]]
    assert functions == [
        {"name": "get_weather", "arguments": '{"city": "Paris"}'},
        {"name": "b", "arguments": "{}"},
    ]


def test_json_is_the_text_of_the_answer(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("x", "json/a")).json()
    assert json.loads(answer["choices"][0]["message"]["content"]) == {"total": 12.5}


def test_a_rule_with_only_a_fault_spoils_the_ordinary_answer(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("x", "null/a")).json()
    assert answer["choices"][0]["message"]["content"].endswith("You wrote: x")
    assert "usage" not in answer


def test_a_rule_steps_back_when_it_is_used_up(scripted: httpx2.Client) -> None:
    answers = [post(scripted, asked("x", "busy/a")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].json() == {"error": "slow down"}
    assert answers[0].headers["retry-after"] == "1"
    assert answers[2].json()["choices"][0]["message"]["content"] == "At last."


def test_a_body_that_is_a_text_is_sent_as_text(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("x", "plain/a"))
    assert answer.text == "It broke."
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_status_without_a_body_has_one_that_says_so(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("x", "bare/a"))
    assert answer.json()["error"]["message"] == "Scripted status 500."


def test_a_fault_of_a_rule_can_pass(scripted: httpx2.Client) -> None:
    statuses = [post(scripted, asked("x", "twice/a")).status_code for _ in range(2)]
    assert statuses == [502, 200]


def test_the_caller_s_faults_come_on_top(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("capital"), x_simulator_fault="no-usage").json()
    assert answer["choices"][0]["message"]["content"] == "Paris."
    assert "usage" not in answer


def test_a_request_that_fits_no_rule_gets_the_ordinary_answer(scripted: httpx2.Client) -> None:
    answer = post(scripted, asked("Hello")).json()
    assert answer["choices"][0]["message"]["content"].startswith("[simulator]")


def statuses_at(client: httpx2.Client, clock: FakeClock, *moments: float) -> list[int]:
    """Return what a call gets at each of some moments, in seconds since now."""
    found: list[int] = []
    passed = 0.0
    for moment in moments:
        clock.move(moment - passed)
        passed = moment
        found.append(post(client, asked("x")).status_code)
    return found


def test_an_outage_begins_and_ends(tmp_path: Path) -> None:
    path = tmp_path / "outage.toml"
    path.write_text("[[answers]]\nfrom_seconds = 10\nuntil_seconds = 20\nstatus = 503\n")
    clock = FakeClock()
    with asking(path, clock) as client:
        seen = statuses_at(client, clock, 0, 9.5, 10, 19.5, 20, 75)
    assert seen == [200, 200, 503, 503, 200, 200]


def test_an_outage_comes_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "outages.toml"
    path.write_text("[[answers]]\nuntil_seconds = 5\nevery_seconds = 60\nfault = 'no-credits'\n")
    clock = FakeClock()
    with asking(path, clock) as client:
        seen = statuses_at(client, clock, 0, 4.5, 5, 59.5, 60, 64.5, 65, 3601)
    assert seen == [402, 402, 200, 200, 402, 402, 200, 402]


def test_a_rule_of_another_time_leaves_its_turn_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "turns.toml"
    rules = ("until_seconds = 5\ntimes = 1\nstatus = 500", "from_seconds = 5\nstatus = 502")
    path.write_text("".join(f"[[answers]]\n{rule}\n" for rule in rules))
    clock = FakeClock()
    with asking(path, clock) as client:
        assert statuses_at(client, clock, 0, 1, 5) == [500, 200, 502]


def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    docs = Path(__file__).parents[3] / "docs" / "simulator.md"
    example = docs.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    with asking(path) as client:
        answer = post(client, asked("What is the capital of France?")).json()
        assert answer["choices"][0]["message"]["content"] == "Paris."
        assert post(client, asked("x", "a/b:groq")).status_code == 429
        with pytest.raises(httpx2.RemoteProtocolError):
            post(client, asked("please break", stream=True))


def test_the_outages_of_the_documentation_begin_and_end(tmp_path: Path) -> None:
    docs = Path(__file__).parents[3] / "docs" / "simulator.md"
    text = docs.read_text(encoding="utf-8").partition("### Outages that begin and end")[2]
    path = tmp_path / "outages.toml"
    path.write_text(text.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    clock = FakeClock()
    with asking(path, clock) as client:
        assert statuses_at(client, clock, 10, 19, 20, 70) == [503, 503, 200, 200]
        clock.move(30)
        fields = asked("x", stream=True)
        with pytest.raises(httpx2.ReadTimeout):
            client.post("/v1/chat/completions", json=fields, timeout=0.3)
