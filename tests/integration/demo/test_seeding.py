"""What the demo makes up is what the gateway itself would have written down."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.clock import epoch_ms
from app.core.config import Settings
from app.core.errors import ConfigurationError
from app.core.gateway_file import load_gateway
from app.db.sqlite import FILE_NAME
from app.db.verifier import verify
from scripts.demo.folder import clear, write_gateway_file
from scripts.demo.habits import DAYS, plan_calls
from scripts.demo.seed import month_began, seed

NOWHERE = "http://127.0.0.1:9"  # nobody is asked
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


def make(data_dir: Path, now: datetime) -> Path:
    """Make a demo in a folder, as of a moment."""
    clear(data_dir)
    urls = {"cloud-one": NOWHERE, "cloud-two": NOWHERE}
    settings = Settings(data_dir=data_dir, config_file=write_gateway_file(data_dir, urls))
    asyncio.run(seed(settings, load_gateway(settings), now))
    return data_dir


def share_spent_by_research(data_dir: Path) -> float:
    """Return how much of its budget the team Research has spent by now, in percent."""
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as connection:
        *_, (share,) = connection.execute(
            "SELECT 100.0 * settled_nusd / periods.cap_nusd FROM budget_periods AS periods "
            "JOIN budgets ON budgets.id = budget_id JOIN teams ON teams.id = scope_id "
            "WHERE teams.name = 'Research' ORDER BY start_ms"
        )
        return float(share)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a demo that was made on a Friday."""
    return make(tmp_path_factory.mktemp("demo"), FRIDAY)


@pytest.fixture
def database(data_dir: Path) -> Generator[sqlite3.Connection]:
    """Return its database."""
    with closing(sqlite3.connect(data_dir / FILE_NAME)) as connection:
        yield connection


class TestMakingUp:
    def test_everything_adds_up(self, data_dir: Path) -> None:
        proof = verify(data_dir, epoch_ms(FRIDAY))

        assert proof.broken == []
        assert proof.entries > 5_000
        assert proof.holds == 0

    def test_a_teams_budget_is_nearly_spent(self, data_dir: Path) -> None:
        assert 91.5 < share_spent_by_research(data_dir) < 92.5

    @pytest.mark.thorough
    def test_it_is_so_when_a_month_has_just_begun(self, tmp_path: Path) -> None:
        now = datetime(2026, 11, 1, 0, 5, tzinfo=UTC)

        made = make(tmp_path / "demo", now)

        assert 91.5 < share_spent_by_research(made) < 92.5
        assert verify(made, epoch_ms(now)).broken == []

    def test_people_teams_and_keys_are_in_every_state(self, database: sqlite3.Connection) -> None:
        def count(sql: str) -> int:
            (found,) = database.execute(f"SELECT count(*) FROM {sql}").fetchone()  # noqa: S608
            return int(found)

        assert (count("users"), count("teams")) == (5, 2)
        assert count("api_keys WHERE revoked_at_ms IS NOT NULL") == 1
        assert count("api_keys WHERE expires_at_ms IS NOT NULL") >= 2  # one by rotation
        assert count("limits") == 2
        assert count("audit_log") > 25

    def test_some_calls_fail_and_some_go_on_elsewhere(self, database: sqlite3.Connection) -> None:
        rows = database.execute("SELECT status, attempts, upstream FROM entries").fetchall()

        statuses = Counter(status for status, _, _ in rows)
        assert 0.9 < statuses["ok"] / statuses.total() < 0.99
        assert statuses["error"] > 20
        assert statuses["cancelled"] > 20
        assert {upstream for _, attempts, upstream in rows if attempts > 1} == {"cloud-two"}

    def test_no_key_was_used_after_it_was_revoked(self, database: sqlite3.Connection) -> None:
        late = database.execute(
            "SELECT count(*) FROM entries JOIN api_keys ON api_keys.id = key_id "
            "WHERE entries.created_at_ms > revoked_at_ms"
        ).fetchone()

        assert late == (0,)


class TestPlanning:
    def test_there_is_use_in_every_hour_up_to_now_and_less_on_weekends(self) -> None:
        calls = plan_calls(FRIDAY)
        days = Counter(call.at.date() for call in calls)
        saturday = FRIDAY.date() - timedelta(days=6)

        assert len(days) >= DAYS
        assert days[saturday] < days[FRIDAY.date() - timedelta(days=1)] / 1.5
        assert [call.at for call in calls] == sorted(call.at for call in calls)
        assert any(call.at > FRIDAY - timedelta(minutes=20) for call in calls)
        assert calls[-1].at < FRIDAY

    @pytest.mark.parametrize("hour", [0, 12])
    @pytest.mark.parametrize("day", [1, 2, 15, 30])
    def test_a_months_budgets_begin_in_the_past(self, day: int, hour: int) -> None:
        now = datetime(2026, 11, day, hour, tzinfo=UTC)

        assert now - timedelta(days=31) < month_began(now) <= now


def test_no_folder_is_taken_that_a_demo_has_not_made(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("Dear Ada", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="was not made by a demo"):
        clear(tmp_path)

    assert (tmp_path / "letters.txt").exists()
