"""Models, errors of the simulator itself, and what it remembers of its callers."""

import time

import httpx2
import pytest
from openai import NotFoundError, OpenAI

from app.simulator.app import create_simulator
from app.simulator.journal import KEPT, Journal, SeenCall
from tests.integration.simulator.conftest import TOKEN
from tests.integration.simulator.requests import body, last_call, post
from tests.support.servers import running


def test_models_are_listed_in_the_router_s_shape(openai_client: OpenAI) -> None:
    models = {model.id: model.to_dict() for model in openai_client.models.list()}
    assert "meta-llama/Llama-3.1-8B-Instruct" in models
    assert models["openai/gpt-oss-20b"] == {
        "id": "openai/gpt-oss-20b",
        "object": "model",
        "created": 1767225600,
        "owned_by": "openai",
        "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
        "providers": [
            {
                "provider": "groq",
                "status": "live",
                "context_length": 131072,
                "pricing": {"input": 0.075, "output": 0.3},
                "supports_tools": True,
                "supports_structured_output": True,
                "first_token_latency_ms": 21.3,
                "throughput": 941.0,
                "is_model_author": False,
            },
            {
                "provider": "together",
                "status": "live",
                "context_length": 131072,
                "pricing": {"input": 0.05, "output": 0.2},
                "supports_tools": True,
                "supports_structured_output": True,
                "first_token_latency_ms": 98.5,
                "throughput": 203.0,
                "is_model_author": False,
            },
        ],
    }


def test_some_models_have_no_price_and_some_providers_say_nothing(
    raw_client: httpx2.Client,
) -> None:
    models = {one["id"]: one for one in raw_client.get("/v1/models").json()["data"]}
    assert "pricing" not in models["HuggingFaceTB/SmolLM3-3B"]["providers"][0]
    assert models["openai/gpt-oss-120b"]["providers"][-1] == {
        "provider": "novita",
        "status": "error",
        "is_model_author": False,
    }


def test_models_need_no_token(simulator_url: str) -> None:
    assert httpx2.get(f"{simulator_url}/v1/models", trust_env=False).status_code == 200


def test_a_model_is_found_by_an_encoded_id_with_a_suffix(openai_client: OpenAI) -> None:
    assert openai_client.models.retrieve("openai/gpt-oss-20b:groq").id == "openai/gpt-oss-20b"
    with pytest.raises(NotFoundError):
        openai_client.models.retrieve("no/such")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic x"])
def test_without_a_bearer_token_there_is_no_chat(
    simulator_url: str, authorization: str | None
) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = httpx2.post(
        f"{simulator_url}/v1/chat/completions", json=body(), headers=headers, trust_env=False
    )
    assert answer.status_code == 401
    assert answer.json()["error"].startswith("Invalid credentials in Authorization header.")


@pytest.mark.parametrize(
    ("request_line", "status", "message"),
    [
        ("GET /v1/nothing", 404, "Not Found: the simulator has no GET /v1/nothing."),
        ("DELETE /v1/models", 405, "Method Not Allowed: the simulator has no DELETE"),
        ("GET /docs", 404, "Not Found"),
    ],
)
def test_what_does_not_exist_is_refused_in_the_router_s_form(
    raw_client: httpx2.Client, request_line: str, status: int, message: str
) -> None:
    answer = raw_client.request(*request_line.split())
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"].startswith(message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "Input validation error: 1: JSON decode error"),
        (b"[]", "Input validation error: body: Input should be a valid dictionary"),
        (b'{"model": "m"}', "Input validation error: messages: Field required"),
        (b'{"model": "m", "messages": []}', "Input validation error: messages: List should have"),
        (
            b'{"model": "m", "messages": [{"role": "king"}]}',
            "Input validation error: messages.0.role: Input should be",
        ),
    ],
)
def test_a_malformed_request_is_refused_as_tgi_does(
    raw_client: httpx2.Client, content: bytes, message: str
) -> None:
    headers = {"content-type": "application/json"}
    answer = raw_client.post("/v1/chat/completions", content=content, headers=headers)
    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "error_type"}
    assert answer.json()["error"].startswith(message)
    assert answer.json()["error_type"] == "validation"


def test_a_failure_of_the_simulator_itself_keeps_the_form() -> None:
    app = create_simulator()

    async def fail() -> None:
        raise ValueError("a mistake")

    app.add_api_route("/fail", fail)
    with running(app) as url:
        answer = httpx2.get(f"{url}/fail", trust_env=False)
    assert answer.status_code == 500
    assert answer.json() == {"error": "The simulator itself failed: ValueError('a mistake')"}


def test_a_call_is_remembered_without_content_and_secrets(raw_client: httpx2.Client) -> None:
    fields = body("remember/me", stream=True, stream_options={"include_usage": True}, top_k=7)
    post(raw_client, fields, x_hf_bill_to="a-team")
    call = last_call(raw_client, "remember/me")
    assert isinstance(call.pop("number"), int)
    assert call == {
        "model": "remember/me",
        "stream": True,
        "include_usage": True,
        "fields": ["messages", "model", "stream", "stream_options", "top_k"],
        "response_format": None,
        "authorization": "hugging_face",
        "bill_to": "a-team",
        "task": None,
        "path": None,
        "content_type": None,
        "options": {},
        "status": 200,
        "events_sent": 18,
        "outcome": "finished",
    }
    assert TOKEN not in raw_client.get("/simulator/calls").text


@pytest.mark.parametrize(
    ("token", "kind"), [("mh_x", "meterhouse"), ("sk-x", "openai"), ("x", "other")]
)
def test_a_call_says_whose_token_it_brought(
    raw_client: httpx2.Client, token: str, kind: str
) -> None:
    post(raw_client, body(f"token/{kind}"), authorization=f"Bearer {token}")
    assert last_call(raw_client, f"token/{kind}")["authorization"] == kind


def test_only_the_latest_calls_are_remembered() -> None:
    journal = Journal()
    for _ in range(KEPT + 3):
        number = journal.next_number()
        journal.add(SeenCall(number, "m", stream=False, authorization="other"))
    assert [call.number for call in journal.calls] == list(range(4, KEPT + 4))


@pytest.mark.parametrize("model", ["sim/chunk-delay-60000", "sim/delay-60000"])
def test_a_client_that_leaves_is_noticed_at_once(raw_client: httpx2.Client, model: str) -> None:
    fields = body(model, stream=True)
    with pytest.raises(httpx2.ReadTimeout):
        raw_client.post("/v1/chat/completions", json=fields, timeout=0.2)
    deadline = time.perf_counter() + 1
    while last_call(raw_client, model)["outcome"] != "left":
        assert time.perf_counter() < deadline


def test_a_cut_is_remembered_as_such(raw_client: httpx2.Client) -> None:
    with pytest.raises(httpx2.RemoteProtocolError):
        post(raw_client, body("sim/cut-2+no-done", stream=True))
    call = last_call(raw_client, "sim/cut-2+no-done")
    assert (call["outcome"], call["events_sent"]) == ("cut", 2)
