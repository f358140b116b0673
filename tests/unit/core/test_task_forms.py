"""The forms of tasks, where what is sent is wrong in countless places."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.core.tasks.catalogue import TASKS

MANY = range(5_000)
FIELDS = {str(number): 1 for number in MANY}
WRONG = [1 for _ in MANY]
TABLE: dict[str, list[dict[str, int]]] = {"a": [{} for _ in MANY]}


@pytest.mark.parametrize(
    ("task", "body"),
    [
        ("fill-mask", {"inputs": "x", **FIELDS}),
        ("fill-mask", {"inputs": "x", "parameters": {"targets": WRONG}}),
        ("summarization", {"inputs": WRONG}),
        ("question-answering", {"inputs": {"question": "x", "context": "x", **FIELDS}}),
        ("text-ranking", {"inputs": {"query": "x", "texts": WRONG}}),
        ("zero-shot-classification", {"inputs": "x", "parameters": {"candidate_labels": WRONG}}),
        ("text-to-video", {"inputs": "x", "parameters": {"negative_prompt": WRONG}}),
        ("image-to-image", {"inputs": "", "parameters": {"target_size": FIELDS}}),
        ("tabular-regression", {"table": FIELDS}),
        ("tabular-regression", {"inputs": {"data": FIELDS}}),
        (
            "table-question-answering",
            {"inputs": {"query": "x", "table": TABLE}},
        ),
    ],
)
def test_not_all_of_countless_faults_are_told(task: str, body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        TASKS[task].form.model_validate(body)

    assert raised.value.error_count() < 20
