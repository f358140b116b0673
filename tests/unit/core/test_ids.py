"""Identifiers: their form, and that they sort by time."""

import pytest

from app.core.ids import is_id, new_id


def test_a_new_id_has_the_form_of_an_id() -> None:
    made = new_id("key")

    assert len(made) == 30
    assert is_id(made, "key")


@pytest.mark.parametrize(
    "text", ["", "key_", "key", "KEY_" + "0" * 26, "key_" + "0" * 25, "key_" + "0" * 27, "x"]
)
def test_another_text_is_no_id(text: str) -> None:
    assert not is_id(text, "key")


def test_an_id_of_another_kind_is_not_one_of_this_kind() -> None:
    assert not is_id(new_id("req"), "key")
    assert not is_id(new_id("key") + "\n", "key")


def test_later_ids_sort_after_earlier_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    for nanoseconds in (0, 1_000_000, 31_000_000, 32_000_000, 1_795_435_200_000_000_000):
        monkeypatch.setattr("time.time_ns", lambda now=nanoseconds: now)
        made.append(new_id("req"))

    assert made == sorted(made)
