"""Every method of Hugging Face's JavaScript client that can be given a URL."""

from typing import Final

import pytest

from app.core.tasks.catalogue import TASKS
from tests.contract.javascript.asking import CASES, CHAT, IMAGE, TEXT, Case
from tests.contract.javascript.node import Outcome, ask

NOWHERE: Final = "http://127.0.0.1:9"


@pytest.fixture(scope="session")
def outcomes(gateway_url: str, secret: str) -> list[Outcome]:
    """Ask for everything, in one process."""
    return ask(
        [
            {
                "endpointUrl": f"{gateway_url}/hf-inference/models/org/{case.task}",
                "key": secret,
                "method": case.method,
                "params": case.params,
            }
            for case in CASES
        ]
    )


@pytest.mark.parametrize(
    ("place", "case"),
    [*enumerate(CASES)],
    ids=[f"{case.method}-{place}" for place, case in enumerate(CASES)],
)
def test_a_method_returns_what_was_answered(
    outcomes: list[Outcome], gateway_url: str, place: int, case: Case
) -> None:
    outcome = outcomes[place]

    assert outcome.error is None
    assert case.show(outcome.value) == case.value
    assert len(outcome.asked) == 1
    assert outcome.asked[0].startswith(f"{gateway_url}/hf-inference/models/org/{case.task}")


def test_every_method_that_can_be_given_a_url_is_tried() -> None:
    methods = {task.javascript for task in TASKS.values() if "javascript" not in task.no_url}

    streams = {"chatCompletionStream", "textGenerationStream"}
    assert {case.method for case in CASES} == methods - {None} | streams


def test_the_others_refuse_a_url_before_they_ask_anybody() -> None:
    methods = [task.javascript for task in TASKS.values() if "javascript" in task.no_url]
    calls = [
        {"endpointUrl": NOWHERE, "key": "mh_any", "method": method, "params": {"inputs": IMAGE}}
        for method in methods
    ]

    outcomes = ask(calls)

    assert len(outcomes) == len(methods) > 0
    for outcome in outcomes:
        assert "not supported for provider" in str(outcome.error)
        assert outcome.asked == []


def test_a_model_that_a_call_names_is_chatted_with_and_leaves_for_no_other_host(
    gateway_url: str, secret: str
) -> None:
    label_url = f"{gateway_url}/hf-inference/models/org/text-classification"
    calls = [
        (gateway_url, "chatCompletion", {**CHAT, "model": "org/other"}),
        (label_url, "textClassification", {"inputs": TEXT, "model": "org/fill-mask"}),
    ]

    chat, labels = ask(
        [
            {"endpointUrl": url, "key": secret, "method": method, "params": params}
            for url, method, params in calls
        ]
    )

    assert (chat.asked, chat.value["model"]) == (
        [f"{gateway_url}/v1/chat/completions"],
        "org/other",
    )
    assert (labels.asked, len(labels.value)) == ([label_url], 3)
