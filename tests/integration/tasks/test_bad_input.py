"""What makes no sense to a task is refused in words, before anything is held or sent."""

import base64
from typing import Any

import pytest

from app.simulator.tasks.files import png, wav
from tests.integration.tasks.asking import Gateway

IMAGE = base64.b64encode(png(4, 4)).decode()
SOUND = base64.b64encode(wav(1)).decode()


def _case(task: str, body: Any, words: str, status: int = 400) -> Any:
    return pytest.param(task, body, status, words, id=f"{task} {str(body)[:30]!a} {words}")


@pytest.mark.parametrize(
    ("task", "body", "status", "words"),
    [
        _case("text-classification", b"{", "not valid JSON"),
        _case("text-classification", b"[" * 100_000, "takes JSON", 415),
        _case("text-classification", b'{"inputs": ' + b"[" * 100_000, "nested too deeply"),
        _case("text-classification", b"hello", "takes JSON", 415),
        _case("text-classification", b"", "takes JSON", 415),
        _case("text-classification", {}, "`inputs` is missing"),
        _case("text-classification", {"inputs": ""}, "`inputs`"),
        _case("text-classification", {"inputs": 5}, "`inputs`"),
        _case("text-classification", {"inputs": []}, "`inputs`"),
        _case("text-classification", {"inputs": "a", "colour": 1}, "`colour` is not a field"),
        _case(
            "text-classification",
            {"inputs": "a", "parameters": {"top_k": "many"}},
            "`parameters.top_k` must be a whole number",
        ),
        _case(
            "text-classification",
            {"inputs": "a", "parameters": {"function_to_apply": "sine"}},
            "`parameters.function_to_apply`",
        ),
        _case("text-generation", {"inputs": "a", "stream": "yes"}, "`stream`"),
        _case("zero-shot-classification", {"inputs": "a"}, "`parameters` is missing"),
        _case(
            "zero-shot-classification",
            {"inputs": "a", "parameters": {}},
            "`parameters.candidate_labels` is missing",
        ),
        _case(
            "zero-shot-classification",
            {"inputs": "a", "parameters": {"candidate_labels": []}},
            "`parameters.candidate_labels`",
        ),
        _case("question-answering", {"inputs": {"question": "a"}}, "`inputs.context` is missing"),
        _case("table-question-answering", {"inputs": {"table": {"a": []}}}, "needs `query`"),
        _case("tabular-regression", {}, "needs `inputs` or `table`"),
        _case("image-classification", b"", "body is missing"),
        _case("image-classification", wav(1), "must be an image, and these bytes are audio/wav"),
        _case("image-classification", b"\0\1\2\3", "no format that is known"),
        _case("image-classification", b"<svg></svg>", "no format that is known"),
        _case("image-classification", {"inputs": "not base64!"}, "`inputs` must be an image in"),
        _case("image-classification", {"inputs": f"data:image/png;base64,{IMAGE}"}, "`data:`"),
        _case("image-classification", {"inputs": SOUND}, "these bytes are audio/wav"),
        _case("audio-classification", png(1, 1), "must be audio, and these bytes are image/png"),
        _case("automatic-speech-recognition", {"inputs": IMAGE}, "these bytes are image/png"),
        _case("zero-shot-object-detection", png(1, 1), "takes JSON", 415),
        _case(
            "zero-shot-image-classification",
            {"inputs": {"image": SOUND}, "parameters": {"candidate_labels": ["a", "b"]}},
            "these bytes are audio/wav",
        ),
    ],
)
def test_a_bad_body_is_refused_in_words(
    gateway: Gateway, task: str, body: Any, *, status: int, words: str
) -> None:
    seen = gateway.seen()

    answer = gateway.ask(task, body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json")
    assert words in answer.json()["error"]
    assert answer.json()["error_type"] == "validation"
    assert gateway.entries() == []
    assert gateway.seen() == seen


def test_a_body_of_ten_megabytes_is_too_large(gateway: Gateway) -> None:
    answer = gateway.ask("image-classification", png(1, 1) + b"\0" * 64 * 1024 * 1024)

    assert answer.status_code == 413
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/hf-inference/models/org/x/pipeline/fill-musk", "Did you mean `fill-mask`?"),
        ("/hf-inference/models/org/x/pipeline/conversational", "/v1/chat/completions"),
        ("/hf-inference/models/org/x", "Nobody says which task"),
        ("/hf-inference/models/org/fill-mask/pipeline/summarization", "does fill-mask, not summ"),
        ("/hf-inference/models/chatty/pipeline/fill-mask", "cannot be asked of it"),
        ("/hf-inference/models/org/fill-mask:groq", "cannot be asked of it"),
        ("/hf-inference/models/openai/gpt-oss-20b", "does chat-completion"),
    ],
)
def test_a_task_that_cannot_be_done_is_refused(gateway: Gateway, path: str, words: str) -> None:
    answer = gateway.post(path, {"inputs": "A [MASK]"})

    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert gateway.entries() == []


@pytest.mark.parametrize("path", ["/", "/v1"])
def test_a_url_that_names_no_task_says_which_does(gateway: Gateway, path: str) -> None:
    answer = gateway.post(path, {"inputs": "A [MASK]"})

    assert answer.status_code == 400
    assert "/hf-inference/models/ORG/NAME" in answer.headers["x-error-message"]


def test_errors_of_v1_are_in_the_form_of_v1(gateway: Gateway) -> None:
    answer = gateway.post("/v1/tasks/fill-mask", {"model": "org/fill-mask"})

    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "inputs")
