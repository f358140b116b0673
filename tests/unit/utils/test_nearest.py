"""Guessing what somebody meant."""

import difflib

import pytest

from app.utils.nearest import MAX_GUESSED, nearest

KNOWN = ("gpt-4o-mini", "Llama-3")


@pytest.mark.parametrize(("name", "meant"), [("gpt-4o-mni", "gpt-4o-mini"), ("llama3", "Llama-3")])
def test_a_misspelt_name_is_recognised_in_any_case(name: str, meant: str) -> None:
    assert nearest(name, KNOWN) == meant


@pytest.mark.parametrize("name", ["", "whisper", "x" * MAX_GUESSED])
def test_what_is_like_nothing_is_not_guessed(name: str) -> None:
    assert nearest(name, KNOWN) is None


def test_no_time_is_spent_on_what_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    # Ten megabytes took a second, in which nobody else was answered.
    monkeypatch.setattr(difflib, "SequenceMatcher", None)

    assert nearest("x" * (MAX_GUESSED + 1), KNOWN) is None
    with pytest.raises(TypeError):
        nearest("x" * MAX_GUESSED, KNOWN)
