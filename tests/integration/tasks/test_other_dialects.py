"""OpenAI-compatible and TEI upstreams do those tasks for which they have words."""

import base64
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.main import create_app
from app.simulator.tasks.files import wav
from tests.conftest import ADMIN_KEY
from tests.integration.tasks.asking import Gateway, looking_at

TEI_MODELS: Final = {
    "vectors": "org/feature-extraction",
    "ranks": "org/text-ranking",
    "labels": "org/text-classification",
}
TEXTS: Final = {"inputs": ["Hello there", "you"]}
RANKING: Final = {"inputs": {"query": "a", "texts": ["b", "c"]}}
COMPARISON: Final = {"inputs": {"source_sentence": "a", "sentences": ["a", "b"]}}
SOUND: Final = wav(3)


@pytest.fixture
def gateway_config(simulator_url: str) -> GatewayConfig:
    """Return a gateway that knows the simulator as servers of several kinds."""
    token = SecretStr("sk-x")
    plain = {"kind": "openai", "base_url": f"{simulator_url}/v1", "token": token}
    hub = {**plain, "kind": "huggingface"}
    tei = {
        name: {"kind": "tei", "base_url": f"{simulator_url}/tei/{model}"}
        for name, model in TEI_MODELS.items()
    }
    both = [{"upstream": "plain", "model": "org/x"}, {"upstream": "hub", "model": "org/x"}]
    return GatewayConfig.model_validate(
        {
            "upstreams": {"hub": hub, "plain": plain, **tei},
            "models": {
                "either": {"task": "text-generation", "strategy": "sticky", "targets": both}
            },
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


def ask(gateway: Gateway, model: str, task: str, body: Any) -> Any:
    answer = gateway.post(f"/hf-inference/models/{model}/pipeline/{task}", body)
    assert answer.status_code == 200, answer.text
    return answer


def last_call(gateway: Gateway) -> dict[str, Any]:
    return gateway.simulator.get("/simulator/calls").json()["data"][-1]


@pytest.mark.parametrize(
    ("model", "task", "body", "path", "basis"),
    [
        ("plain/x", "feature-extraction", TEXTS, "/v1/embeddings", "reported"),
        ("plain/x", "text-generation", {"inputs": "Hello"}, "/v1/completions", "reported"),
        ("plain/x", "text-to-image", {"inputs": "cat"}, "/v1/images/generations", "counted"),
        (
            *("plain/x", "automatic-speech-recognition", SOUND),
            *("/v1/audio/transcriptions", "counted"),
        ),
        (
            *("vectors/x", "feature-extraction", TEXTS),
            *("/tei/org/feature-extraction/embed", "reported"),
        ),
        (
            *("vectors/x", "sentence-similarity", COMPARISON),
            *("/tei/org/feature-extraction/similarity", "counted"),
        ),
        ("ranks/x", "text-ranking", RANKING, "/tei/org/text-ranking/rerank", "counted"),
        (
            *("labels/x", "text-classification", TEXTS),
            *("/tei/org/text-classification/predict", "counted"),
        ),
    ],
)
def test_the_answer_and_the_units_are_those_of_hugging_face(
    gateway: Gateway, model: str, task: str, body: Any, *, path: str, basis: str
) -> None:
    answer = ask(gateway, model, task, body)

    call, entry = last_call(gateway), gateway.last_entry()
    assert call["path"] == path
    assert (entry["upstream"], entry["basis"], entry["task"]) == (
        model.split("/", maxsplit=1)[0],
        basis,
        task,
    )
    own = ask(gateway, f"org/{task}", task, body)
    own_entry = gateway.last_entry()
    units = ("unit_in", "units_in", "unit_out", "units_out")
    assert [entry[name] for name in units] == [own_entry[name] for name in units]
    assert answer.content == own.content
    gateway.assert_proven()


def test_vectors_are_made_as_long_as_wanted(gateway: Gateway) -> None:
    body = {"inputs": "a", "dimensions": 3, "normalize": True}

    (vector,) = ask(gateway, "plain/x", "feature-extraction", body).json()

    assert len(vector) == 3
    assert sum(number * number for number in vector) == pytest.approx(1.0, abs=1e-9)


def test_a_text_says_how_it_ended_where_that_is_wanted(gateway: Gateway) -> None:
    told = {"max_new_tokens": 2, "details": True, "stop": ["x"], "temperature": 1, "seed": 5}
    answer = ask(gateway, "plain/x", "text-generation", {"inputs": "a b", "parameters": told})

    details = answer.json()[0]["details"]
    assert (details["finish_reason"], details["generated_tokens"]) == ("length", 2)
    assert gateway.last_entry()["units_out"] == 2
    assert {"stop", "temperature", "seed", "max_tokens"} <= {*last_call(gateway)["fields"]}


def test_a_stream_of_a_text_is_one_event_where_it_comes_whole(gateway: Gateway) -> None:
    body = {"inputs": "a b", "stream": True, "parameters": {"max_new_tokens": 2}}
    answer = ask(gateway, "plain/x", "text-generation", body)

    events = [line for line in answer.text.splitlines() if line.startswith("data:")]
    assert len(events) == 1
    assert json.loads(events[0].removeprefix("data:"))["generated_text"] == "[simulat"
    assert (gateway.last_entry()["units_out"], gateway.last_entry()["basis"]) == (2, "reported")
    gateway.assert_proven()


def test_a_completion_is_one_at_every_kind_of_upstream(gateway: Gateway) -> None:
    body = {"prompt": "a b", "max_tokens": 2}
    for model in ("plain/x", "org/text-generation"):
        answer = gateway.post(f"/hf-inference/models/{model}/v1/completions", body)

        assert answer.status_code == 200, answer.text
        (choice,) = answer.json()["choices"]
        assert (choice["text"], choice["finish_reason"]) == ("[simulat", "length")


def test_a_picture_is_as_large_as_asked_for(gateway: Gateway) -> None:
    told = {"width": 30, "height": 20}
    picture = ask(gateway, "plain/x", "text-to-image", {"inputs": "cat", "parameters": told})

    assert picture.headers["content-type"] == "image/png"
    assert gateway.last_entry()["units_out"] == 600
    ask(gateway, "plain/x", "text-to-image", {"inputs": "cat", "parameters": {"width": 30}})
    assert gateway.last_entry()["units_out"] == 30 * 1024


def test_servers_that_answer_in_base64_anyway_are_not_asked_for_it(gateway: Gateway) -> None:
    ask(gateway, "plain/gpt-image-1", "text-to-image", {"inputs": "cat"})
    assert "response_format" not in last_call(gateway)["fields"]


def test_moments_of_speech_are_asked_for_in_other_words(gateway: Gateway) -> None:
    body = {
        "inputs": base64.b64encode(SOUND).decode(),
        "parameters": {"return_timestamps": True},
    }

    said = ask(gateway, "plain/x", "automatic-speech-recognition", body).json()

    assert said["chunks"] == [{"text": said["text"], "timestamp": [0.0, 3.0]}]


def test_one_text_and_two_are_labelled_each(gateway: Gateway) -> None:
    one = ask(gateway, "labels/x", "text-classification", {"inputs": "a"}).json()
    body = {"inputs": ["a", "b"], "parameters": {"top_k": 1, "function_to_apply": "none"}}
    two = ask(gateway, "labels/x", "text-classification", body).json()

    assert [len(labels) for labels in one] == [3]
    assert [len(labels) for labels in two] == [1, 1]
    assert one[0][0] == two[0][0]


@pytest.mark.parametrize(
    ("upstream", "task"),
    [(name, model.partition("/")[2]) for name, model in TEI_MODELS.items()],
)
def test_a_tei_server_says_what_its_model_does(gateway: Gateway, upstream: str, task: str) -> None:
    bodies: dict[str, Any] = {"text-ranking": RANKING}

    answer = gateway.post(f"/hf-inference/models/{upstream}/x", bodies.get(task, TEXTS))

    assert answer.status_code == 200, answer.text
    assert gateway.last_entry()["task"] == task


@pytest.mark.parametrize(
    ("model", "task", "told", "words"),
    [
        ("plain/x", "summarization", {}, 'needs an upstream of the kind "huggingface"'),
        ("plain/x", "text-ranking", {}, 'of the kind "huggingface" or "tei"'),
        ("vectors/x", "summarization", {}, "does feature-extraction, not summarization"),
        ("plain/x", "text-generation", {"top_k": 5}, "parameter `top_k`"),
        ("plain/x", "text-generation", {"best_of": 5}, "parameter `best_of`"),
        ("labels/x", "text-classification", {"function_to_apply": "sigmoid"}, "`function_to_appl"),
    ],
)
def test_what_cannot_be_said_is_refused_before_anything_is_held(
    gateway: Gateway, model: str, task: str, told: dict[str, Any], *, words: str
) -> None:
    seen = gateway.seen()

    path = f"/hf-inference/models/{model}/pipeline/{task}"
    body = RANKING if task == "text-ranking" else {"inputs": "a", "parameters": told}
    answer = gateway.post(path, body)

    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert gateway.entries() == []
    assert gateway.seen() == seen


def test_a_target_that_lacks_the_word_is_left_out(gateway: Gateway) -> None:
    for told in ({"top_k": 5}, {"watermark": True}):
        ask(gateway, "either", "text-generation", {"inputs": "a", "parameters": told})
        assert gateway.last_entry()["upstream"] == "hub"


def test_nobody_chats_with_a_tei_server(gateway: Gateway) -> None:
    body = {"model": "vectors/x", "messages": [{"role": "user", "content": "Hi"}]}

    answer = gateway.client.post("/v1/chat/completions", json=body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "task_not_supported")
    assert "does not chat" in answer.json()["error"]["message"]
    assert gateway.entries() == []
