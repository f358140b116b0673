"""What an upstream does wrong with a task comes to what it comes to with a chat."""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from tests.conftest import ADMIN_KEY
from tests.integration.tasks.asking import Gateway, looking_at

TEXT: Final = {"inputs": "Hello there"}
CHAT: Final = {"messages": [{"role": "user", "content": "Hello there"}], "max_tokens": 5}
TASKS: Final = ("summarization", "text-to-image")
PRICE: Final = {
    "input": 1_000,
    "output": 1_000,
    "input_characters": 1_000,
    "output_characters": 1_000,
    "output_pixels": 1_000,
}


class Wanted(NamedTuple):
    """What must come of a fault."""

    fault: str
    status: int
    code: str  # of the entry
    words: str  # in the error
    costs: str = "nothing"  # or all that is held, where somebody may have worked
    goes_on: bool = True  # somebody else is asked, where there is somebody


def _doubtful(fault: str, code: str, words: str, status: int = 502) -> Wanted:
    return Wanted(fault, status, code, words, "what is held")


PROTOCOL: Final = "upstream_protocol"
OF_ALL: Final = (
    Wanted("not-found", 404, "upstream_not_found", "Model not found"),
    Wanted("gone", 404, "upstream_not_found", "no longer supported"),
    Wanted("rate-limited; retry-after=900", 429, "upstream_rate_limited", "slow down"),
    Wanted("loading; estimated-time=900", 503, "upstream_loading", "loads the model"),
    Wanted("status-text=500", 502, "upstream_error", "Simulated status 500"),
    Wanted("status=503; retry-after=900", 503, "upstream_unavailable", "Simulated status 503"),
    Wanted("no-credits", 503, "upstream_credits", "no credits left"),
    Wanted("bad-token", 502, "upstream_credentials", "credential"),
    Wanted("bad-input", 400, "upstream_rejected", "could not be used", goes_on=False),
    Wanted("invalid", 422, "upstream_unprocessable", "too long", goes_on=False),
    _doubtful("delay=60000", "upstream_timeout", "in time", 504),
    _doubtful("gateway-timeout", "upstream_timeout", "timed out", 504),
    _doubtful("cut=0", "upstream_truncated", "cut its answer short"),
    _doubtful("garbage", PROTOCOL, "answered something"),
    _doubtful("wrong-shape", PROTOCOL, "answered something"),
    _doubtful("empty", PROTOCOL, "answered something"),
    _doubtful("gzip=1", PROTOCOL, "compresses"),
    _doubtful("error-answer", "upstream_error", "status 200"),
)
OF_JSON: Final = (
    _doubtful("bad-utf8", PROTOCOL, "answered something"),
    _doubtful("nul", PROTOCOL, "answered something"),
    _doubtful("length=12", PROTOCOL, "answered something"),
)
OF_PICTURES: Final = (
    _doubtful("bom", PROTOCOL, "answered something"),
    _doubtful("length=12", "upstream_truncated", "cut its picture short"),
    _doubtful("length=40", "upstream_truncated", "cut its picture short"),
)


@pytest.fixture
def fault(request: pytest.FixtureRequest) -> str:
    """Return what goes wrong."""
    wanted: Wanted = request.getfixturevalue("wanted")
    return wanted.fault


@pytest.fixture
def gateway_config(simulator_url: str, fault: str) -> GatewayConfig:
    """Return a gateway whose upstreams all do one thing wrong, but for a good one."""
    good = {
        "kind": "huggingface",
        "base_url": f"{simulator_url}/v1",
        "token": SecretStr("hf_x"),
    }
    seconds = {"total_seconds": 0.3} if fault.startswith("delay") else {}
    bad = {**good, "headers": {"x-simulator-fault": fault}, "timeouts": seconds}
    names = [f"{mode}-{task}" for mode in ("alone", "backed") for task in (*TASKS, "chat")]
    models = {
        name: {
            "targets": [
                {"upstream": name, "model": "org/x"},
                {"upstream": "good", "model": "org/x", "priority": 1},
            ][: 1 if name.startswith("alone") else 2]
        }
        for name in names
    }
    return GatewayConfig.model_validate(
        {
            "upstreams": {"good": good, **dict.fromkeys(names, bad)},
            "models": models,
            "prices": [{"model": "org/x", **PRICE}],
        }
    )


@pytest.fixture
def gateway(
    settings: Settings, gateway_config: GatewayConfig, data_dir: Path, simulator_url: str
) -> Generator[Gateway]:
    """Return the running gateway, as an admin uses it."""
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    app = create_app(settings, gateway_config)
    with TestClient(app, headers=headers) as client, looking_at(simulator_url) as simulator:
        yield Gateway(client, simulator, data_dir)


def ask(gateway: Gateway, model: str) -> Any:
    task = model.partition("-")[2]
    if task == "chat":
        return gateway.post("/v1/chat/completions", {**CHAT, "model": model})
    return gateway.post(f"/hf-inference/models/{model}/pipeline/{task}", TEXT)


def check_alone(gateway: Gateway, task: str, wanted: Wanted) -> None:
    """Check what a caller sees, and what is written down, where nobody else can be asked."""
    answer = ask(gateway, f"alone-{task}")

    assert (answer.status_code, answer.headers["content-type"]) == (
        wanted.status,
        "application/json",
    )
    error = answer.json()["error"]
    if task != "chat":
        assert wanted.words in error
        assert answer.json().keys() <= {"error", "error_type", "estimated_time", "warnings"}
    entry = gateway.last_entry()
    assert (entry["status"], entry["error_code"]) == ("error", wanted.code)
    costs_all = wanted.costs != "nothing"
    assert (entry["cost_usd"] > 0, entry["basis"] == "estimated") == (costs_all, costs_all)
    assert entry["cost_usd"] in {0, entry["held_usd"]}
    assert (entry["units_in"], entry["units_out"]) == (0, 0) or costs_all
    gateway.assert_proven()


def check_backed(gateway: Gateway, task: str, wanted: Wanted) -> None:
    """Check that somebody else is asked, and that each attempt costs what it costs alone."""
    answer = ask(gateway, f"backed-{task}")

    entry = gateway.last_entry()
    if wanted.goes_on:
        assert answer.status_code == 200, answer.text
        assert [one["upstream"] for one in entry["tries"]] == [f"backed-{task}", "good"]
        failed, _ = entry["tries"]
        assert failed["error_code"] == wanted.code
        assert (failed["cost_usd"] > 0) is (wanted.costs != "nothing")
    else:
        assert (answer.status_code, entry["attempts"]) == (wanted.status, 1)
    gateway.assert_proven()


@pytest.mark.parametrize("wanted", [*OF_ALL, *OF_JSON], ids=lambda one: one.fault)
def test_a_fault_of_an_answer_in_json_is_one_of_a_chat(gateway: Gateway, wanted: Wanted) -> None:
    for task in ("summarization", "chat"):
        check_alone(gateway, task, wanted)
        check_backed(gateway, task, wanted)


@pytest.mark.parametrize("wanted", [*OF_ALL, *OF_PICTURES], ids=lambda one: one.fault)
def test_a_fault_of_a_picture_is_found(gateway: Gateway, wanted: Wanted) -> None:
    check_alone(gateway, "text-to-image", wanted)
    check_backed(gateway, "text-to-image", wanted)


@pytest.mark.parametrize("wanted", [Wanted("wrong-type", 200, "", "")], ids=["wrong-type"])
def test_an_answer_is_what_it_is_whatever_its_type_says(gateway: Gateway, wanted: Wanted) -> None:
    del wanted
    for task, media_type in (("summarization", "application/json"), ("text-to-image", "image/png")):
        answer = ask(gateway, f"alone-{task}")

        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert gateway.last_entry()["basis"] == "counted"


@pytest.mark.parametrize("wanted", [OF_ALL[2], OF_ALL[3]], ids=["rate-limited", "loading"])
def test_whoever_has_to_wait_is_told_how_long(gateway: Gateway, wanted: Wanted) -> None:
    answer = ask(gateway, "alone-summarization")

    assert answer.status_code == wanted.status
    assert 1 <= int(answer.headers["retry-after"]) <= 900
