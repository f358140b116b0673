"""What goes wrong arrives as an error of the JavaScript client, in words, and is not repeated."""

from typing import Any

import pytest

from tests.contract.javascript.asking import CHAT, IMAGE, SOUND, TEXT
from tests.contract.javascript.node import Outcome, ask
from tests.contract.keys import with_one_call, without_money

TASK = "Failed to perform inference: "


@pytest.fixture
def gateway(gateway_url: str, secret: str) -> Any:
    """Return who asks the gateway for one thing."""

    def ask_for(model: str, method: str, params: Any, **more: Any) -> Outcome:
        url = f"{gateway_url}/hf-inference/models/{model}"
        call = {"endpointUrl": url, "key": secret, "method": method, "params": params}
        return ask([{**call, **more}])[0]

    return ask_for


@pytest.mark.parametrize(
    ("method", "model", "params", "status", "words"),
    [
        ("fillMask", "org/no-such-task", {"inputs": TEXT}, 400, "Nobody says which task"),
        ("fillMask", "org/fill-mask", {"inputs": 7}, 400, "`inputs`"),
        (
            "zeroShotClassification",
            "org/zero-shot-classification",
            {"inputs": TEXT},
            400,
            "parameters",
        ),
        ("audioClassification", "org/audio-classification", {"inputs": IMAGE}, 400, "audio"),
        ("imageClassification", "org/image-classification", {"inputs": SOUND}, 400, "image"),
        ("chatCompletion", "sim/not-found", CHAT, 404, "Model not found"),
        ("chatCompletion", "sim/status-503", CHAT, 429, "is not available"),
        ("chatCompletionStream", "sim/status-503", CHAT, 429, "is not available"),
        ("fillMask", "sim/status-503/pipeline/fill-mask", {"inputs": TEXT}, 429, "not available"),
        ("fillMask", "sim/not-found/pipeline/fill-mask", {"inputs": TEXT}, 404, "Model not found"),
    ],
)
def test_an_error_is_told_in_words_and_once(
    gateway: Any, method: str, model: str, params: Any, *, status: int, words: str
) -> None:
    outcome = gateway(model, method, params)

    assert (outcome.status, len(outcome.asked)) == (status, 1)
    assert words in str(outcome.error)
    assert "[object" not in str(outcome.error)


def test_a_wrong_key_is_refused_in_words(gateway: Any) -> None:
    outcome = gateway("org/fill-mask", "fillMask", {"inputs": TEXT}, key="hf_own")

    words = "That is a Hugging Face key. Use a Meterhouse key (mh_...)."
    assert (outcome.status, outcome.error) == (401, TASK + words)


def test_money_that_is_spent_and_haste_are_told_in_words(gateway: Any, gateway_url: str) -> None:
    asked = ("org/fill-mask", "fillMask", {"inputs": "A [MASK]"})
    hurried = with_one_call(gateway_url, "hurried, in node")

    poor = gateway(*asked, key=without_money(gateway_url, "poor, in node"))
    first, second = (gateway(*asked, key=hurried) for _ in range(2))

    assert (poor.status, first.status, second.status) == (402, None, 429)
    assert "budget" in poor.error
    assert "minute" in second.error
    assert (len(poor.asked), len(second.asked)) == (1, 1)
