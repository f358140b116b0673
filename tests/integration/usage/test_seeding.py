"""The script that makes up a ledger to measure and to try things out with."""

from pathlib import Path

import pytest

from app.db.sqlite import FILE_NAME
from scripts import seed_ledger
from tests.integration.usage.calls import query

SHAPE = seed_ledger.Shape(entries=300, keys=20, models=5, days=2)


def test_the_same_entries_are_made_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        seed_ledger.fill(tmp_path / name, SHAPE)

    one, two = (
        query(tmp_path / name / FILE_NAME, "SELECT * FROM entries") for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 300
    begin_ms = SHAPE.begin_ms
    moments = query(
        tmp_path / "one" / FILE_NAME, "SELECT min(created_at_ms), max(created_at_ms) FROM entries"
    )
    [(first, last)] = moments
    assert begin_ms <= first < last < begin_ms + 2 * seed_ledger.DAY_MS


def test_a_ledger_that_has_entries_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed_ledger.fill(tmp_path, SHAPE)
    monkeypatch.setattr("sys.argv", ["seed_ledger", str(tmp_path)])

    assert seed_ledger.main() == 2
    assert "has entries already" in capsys.readouterr().err
