"""A module that is there, and yet cannot be imported for a while."""

import sys
from importlib import import_module

import pytest

from app.utils.absent import absent

RARE = "this"  # nobody imports it


@pytest.fixture(autouse=True)
def _not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, RARE, raising=False)


def test_a_module_is_absent_inside_the_block_alone() -> None:
    with absent(RARE), pytest.raises(ImportError):
        import_module(RARE)

    assert import_module(RARE)


def test_a_failure_inside_ends_the_absence_too() -> None:
    with pytest.raises(KeyError), absent(RARE):
        raise KeyError

    assert import_module(RARE)


def test_a_module_that_is_loaded_stays() -> None:
    loaded = import_module(RARE)

    with absent(RARE):
        assert import_module(RARE) is loaded

    assert sys.modules[RARE] is loaded
