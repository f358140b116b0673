"""`meterhouse budgets` and `meterhouse limits`, with and without a running server."""

import json
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli.conftest import Done, Meterhouse
from tests.support.commands import Command

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "budgets.md").read_text(encoding="utf-8")


@pytest.fixture
def company(meterhouse: Meterhouse) -> str:
    """Make a team, a user and a key, and return the key's id."""
    meterhouse("teams", "create", "Research")
    meterhouse("users", "create", "ana@example.com")
    return _key_of(meterhouse("keys", "create", "--user", "ana@example.com", "--name", "ci"))


def _key_of(done: Done) -> str:
    return done.errors[0].split()[0]


def _cells(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()[1:]]


def _rows(folder: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "data" / "meterhouse.db")) as database:
        return database.execute(sql).fetchall()


def test_budgets_of_every_scope_are_set_and_listed(meterhouse: Meterhouse, company: str) -> None:
    berlin = ("--time-zone", "Europe/Berlin")
    done = [
        meterhouse("budgets", "set", "--cap", "1000"),
        meterhouse("budgets", "set", "--team", "RESEARCH", "--cap", "$50", *berlin),
        meterhouse(
            *("budgets", "set", "--user", "Ana@example.com", "--cap", "0.125", "--period", "day"),
            *("--soft", "--alert", "90", "--alert", "50"),
        ),
        meterhouse("budgets", "set", "--key", company, "--cap", "5", "--period", "total"),
    ]

    assert [one.errors for one in done] == [
        ["instance may spend $1,000.00 a month; $1,000.00 is left."],
        ["team Research may spend $50.00 a month; $50.00 is left."],
        ["ana@example.com should spend $0.125 a day; $0.125 is left."],
        ["key ci may spend $5.00 in total; $5.00 is left."],
    ]
    rows = _cells(meterhouse("budgets", "list").output)
    assert [row[0] for row in rows] == [one.output.strip() for one in reversed(done)]
    assert [row[1:8] for row in rows] == [
        ["key ci", "$5.00", "total", "hard", "$0.00", "$0.00", "$5.00"],
        ["ana@example.com", "$0.125", "day", "soft", "$0.00", "$0.00", "$0.125"],
        ["team Research", "$50.00", "month (Europe/Berlin)", "hard", "$0.00", "$0.00", "$50.00"],
        ["instance", "$1,000.00", "month", "hard", "$0.00", "$0.00", "$1,000.00"],
    ]
    assert rows[0][8] == "never"


def test_a_budget_that_is_set_again_is_changed_where_something_is_said(
    meterhouse: Meterhouse, company: str, folder: Path
) -> None:
    of_key = ("budgets", "set", "--key", company, "--period", "week")
    first = meterhouse(*of_key, "--cap", "5", "--soft", "--alert", "70", "--unknown-price", "0.05")
    second = meterhouse(*of_key, "--cap", "6.000000001")
    third = meterhouse(*of_key, "--cap", "7", "--hard", "--alert", "10")
    other = meterhouse(*of_key[:4], "--cap", "8", "--period", "day")

    assert first.output == second.output == third.output != other.output
    facts = [
        json.loads(after)
        for (after,) in _rows(
            folder, "SELECT after FROM audit_log WHERE object_type = 'budget' ORDER BY id"
        )
    ]
    assert facts[0]["unknown_price"] == {"hold_usd": 0.05}
    assert facts[1:3] == [
        {"cap_usd": 6.000000001},
        {"cap_usd": 7, "mode": "hard", "alert_percents": [10]},
    ]


def test_the_budget_of_a_key_is_that_of_its_successors(
    meterhouse: Meterhouse, company: str
) -> None:
    first = meterhouse("budgets", "set", "--key", company, "--cap", "5")
    successor = _key_of(meterhouse("keys", "rotate", company))

    listed = _cells(meterhouse("keys", "list").output)
    assert {successor, company} >= {row[0] for row in listed}
    new = next(row[0] for row in listed if row[0] != company)
    again = meterhouse("budgets", "set", "--key", new, "--cap", "6")

    assert again.output == first.output
    assert [row[2] for row in _cells(meterhouse("budgets", "list").output)] == ["$6.00"]


def test_a_budget_in_another_time_zone_is_another(meterhouse: Meterhouse) -> None:
    set_one = ("budgets", "set", "--cap", "5")
    utc = meterhouse("users", "create", "ana@example.com") and meterhouse(*set_one)
    tokyo = meterhouse(*set_one, "--time-zone", "Asia/Tokyo")

    vague = meterhouse(*set_one)
    clear = meterhouse(*set_one, "--time-zone", "UTC")

    assert (vague.status, vague.errors[0][:31]) == (2, "instance has 2 such budgets. Re")
    assert clear.output == utc.output != tokyo.output


def test_a_budget_that_is_removed_is_archived(
    meterhouse: Meterhouse, company: str, folder: Path
) -> None:
    budget_id = meterhouse("budgets", "set", "--key", company, "--cap", "5").output.strip()

    done = meterhouse("budgets", "remove", budget_id)

    assert done.output == f"{budget_id} is archived and binds nobody any more.\n"
    assert _cells(meterhouse("budgets", "list").output) == []
    assert len(_rows(folder, "SELECT * FROM budgets WHERE archived_at_ms > 0")) == 1


def test_limits_are_set_changed_listed_and_removed(meterhouse: Meterhouse, company: str) -> None:
    of_key = ("limits", "set", "--key", company)
    first = meterhouse(*of_key, "--rpm", "60", "--tpm", "100000", "--wait", "2.5")
    second = meterhouse(*of_key, "--rpm", "0", "--parallel", "4")
    everybody = meterhouse("limits", "set", "--rpm", "6000")

    assert first.errors == [
        "key ci: 60 calls a minute, 100,000 tokens a minute, a call waits up to 2.5 s."
    ]
    assert second.output == first.output != everybody.output
    assert _cells(meterhouse("limits", "list").output) == [
        [everybody.output.strip(), "instance", "6,000", "any", "any", "no"],
        [first.output.strip(), "key ci", "any", "100,000", "4", "2.5 s"],
    ]
    limit_id = everybody.output.strip()
    assert meterhouse("limits", "remove", limit_id).output == f"{limit_id} is deleted.\n"
    assert len(_cells(meterhouse("limits", "list").output)) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("budgets", "set"), "Missing option '--cap'"),
        (("budgets", "set", "--cap", "much"), "--cap: 'much' is no amount of US dollars."),
        (("budgets", "set", "--cap", "NaN"), "--cap: 'NaN' is no amount of US dollars."),
        (("budgets", "set", "--cap", "0.0000000001"), "--cap: '0.0000000001' is no amount"),
        (("budgets", "set", "--cap", "999999999.123456789"), "--cap: '999999999.123456789' is no"),
        (("budgets", "set", "--cap", "-1"), "`cap_usd` must not be negative"),
        (("budgets", "set", "--cap", "1", "--period", "year"), "Invalid value for '--period'"),
        (("budgets", "set", "--cap", "1", "--time-zone", "Mars"), "`time_zone` must be a name of"),
        (("budgets", "set", "--cap", "1", "--alert", "0"), "`alert_percents.0` must be greater"),
        (("budgets", "set", "--cap", "1", "--unknown-price", "x"), "--unknown-price: 'x' is no"),
        (("budgets", "set", "--cap", "1", "--team", "none"), "There is no team 'none'."),
        (("budgets", "set", "--cap", "1", "--key", "key_x"), "There is no such key that you may"),
        (("budgets", "set", "--cap", "1", "--key", "a", "--team", "b"), "Name one of --team,"),
        (("budgets", "remove", "budget_x"), "There is no such budget that you may see."),
        (("limits", "set"), "Say at least one of --rpm, --tpm, --parallel and --wait."),
        (("limits", "set", "--rpm", "-1"), "Invalid value for '--rpm'"),
        (("limits", "set", "--rpm", "0"), "This would limit nothing."),
        (("limits", "set", "--rpm", "1", "--wait", "5"), "Only calls of a team or a key can wait"),
        (("limits", "remove", "limit_x"), "There is no such limit that you may see."),
    ],
)
def test_a_mistake_is_one_line(
    meterhouse: Meterhouse, arguments: tuple[str, ...], words: str
) -> None:
    meterhouse("users", "create", "ana@example.com")
    done = meterhouse(*arguments)
    assert (done.status, done.output, len(done.errors)) == (2, "", 1)
    assert done.errors[0].startswith(words)


@pytest.mark.timeout(60)
def test_the_running_server_binds_at_once(command: Command, meterhouse: Meterhouse) -> None:
    with command.running("serve", "--port", "0") as server:
        server.wait_for("Admin key")
        budget = meterhouse("budgets", "set", "--cap", "5")
        assert budget.errors == ["instance may spend $5.00 a month; $5.00 is left."]
        assert meterhouse("limits", "set", "--rpm", "60").status == 0
        assert _cells(meterhouse("budgets", "list").output)[0][0] == budget.output.strip()
        assert server.end() == 0
    kinds = _rows(
        command.folder, "SELECT actor_kind, action FROM audit_log WHERE action LIKE '%.create'"
    )
    assert {("operator", "budget.create"), ("operator", "limit.create")} <= set(kinds)


def test_every_command_of_the_page_works_as_written(meterhouse: Meterhouse, company: str) -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("meterhouse ")]
    assert len(lines) >= 8
    ids = {"key_": company, "budget_": "", "limit_": ""}
    for line in lines:
        for prefix, found in ids.items():
            line = line.replace(f"{prefix}...", found)  # noqa: PLW2901 - filled in bit by bit
        done = meterhouse(*shlex.split(line, comments=True)[1:])
        assert (done.status, line) == (0, line)
        printed = done.output.strip()
        ids |= {prefix: printed for prefix in ids if printed.startswith(prefix)}
