"""Answers are made into what a client can read, and left alone where they are that already."""

from typing import Any

import pytest

from app.core.tasks.shapes import as_list, only_item, with_groups

APART: list[dict[str, Any]] = [{"entity": "B-PER", "word": "Ada"}]
GROUPED: list[dict[str, Any]] = [{"entity_group": "PER", "word": "Ada"}]


@pytest.mark.parametrize(
    ("shape", "value", "made"),
    [
        (as_list, {"a": 1}, [{"a": 1}]),
        (as_list, [{"a": 1}], [{"a": 1}]),
        (only_item, [{"a": 1}], {"a": 1}),
        (only_item, {"a": 1}, {"a": 1}),
        (only_item, [], []),
        (with_groups, APART, [{"entity_group": "B-PER", "entity": "B-PER", "word": "Ada"}]),
        (with_groups, GROUPED, GROUPED),
    ],
)
def test_an_answer_has_the_form_that_is_wanted(shape: Any, value: Any, made: Any) -> None:
    assert shape(value) == made
