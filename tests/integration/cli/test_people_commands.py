"""`meterhouse users` and `meterhouse teams`, with and without a running server."""

import json
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pydantic import SecretStr

from app.cli.operator import RunningServer, announced
from app.db import schema
from app.db.data_lock import hold
from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "people.md").read_text(encoding="utf-8")


def _cells(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()[1:]]


def _password_hash(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "data" / "meterhouse.db")) as database:
        return str(database.execute("SELECT password_hash FROM users").fetchone()[0])


def test_users_are_created_and_listed_where_no_server_runs(meterhouse: Meterhouse) -> None:
    ana = meterhouse("users", "create", " Ana@Example.com ", "--name", "Ana B.", "--admin")
    bo = meterhouse("users", "create", "bo@example.com")
    assert (ana.status, bo.status) == (0, 0)
    assert ana.errors == ["ana@example.com is a user (admin), without a key or a password."]

    newest, oldest = _cells(meterhouse("users", "list").output)
    assert newest[:4] == [bo.output.strip(), "bo@example.com", "bo", "member"]
    assert oldest[:4] == [ana.output.strip(), "ana@example.com", "Ana B.", "admin"]
    assert newest[-1] == "good"


def test_a_user_is_shut_out_and_let_in_again_by_address_or_id(meterhouse: Meterhouse) -> None:
    user_id = meterhouse("users", "create", "ana@example.com").output.strip()
    done = meterhouse("users", "disable", "ANA@example.com")
    assert done.output == "ana@example.com is disabled, and their keys are revoked.\n"
    assert _cells(meterhouse("users", "list").output)[0][-1].startswith("disabled 20")
    done = meterhouse("users", "enable", user_id)
    assert done.output == "ana@example.com is enabled. They need a new key.\n"
    assert _cells(meterhouse("users", "list").output)[0][-1] == "good"


def test_a_new_password_is_told_once_and_good(meterhouse: Meterhouse, folder: Path) -> None:
    meterhouse("users", "create", "ana@example.com")
    done = meterhouse("users", "reset-password", "ana@example.com")
    assert done.errors == ["The new password of ana@example.com; this is shown once."]
    assert PasswordHash.recommended().verify(done.output.strip(), _password_hash(folder))


def test_a_team_is_found_in_whatever_case_and_its_members_are_listed(
    meterhouse: Meterhouse,
) -> None:
    team_id = meterhouse("teams", "create", "Straße 7").output.strip()
    for email in ("ana@example.com", "bo@example.com"):
        meterhouse("users", "create", email)
    added = meterhouse("teams", "add-member", "STRASSE 7", "ana@example.com", "--lead")
    assert added.output == "ana@example.com is a lead of Straße 7.\n"
    assert meterhouse("teams", "add-member", team_id, "bo@example.com").status == 0
    ((_, name, members, _),) = _cells(meterhouse("teams", "list").output)
    assert (name, members) == ("Straße 7", "ana@example.com (lead), bo@example.com")

    removed = meterhouse("teams", "remove-member", "straße 7", "ana@example.com")
    assert removed.output == "ana@example.com is no member of Straße 7 any more.\n"
    assert _cells(meterhouse("teams", "list").output)[0][2] == "bo@example.com"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("users", "create", "ana"), "`email` must be an e-mail address"),
        (("users", "create", "ana@example.com"), "There is a user with this `email` already."),
        (("users", "disable", "ana@example.com"), "This is the last admin"),
        (("users", "disable", "nobody@example.com"), "There is no user 'nobody@example.com'."),
        (("users", "enable", "user_" + 26 * "0"), "There is no such user"),
        (("users", "reset-password", "../teams"), "There is no user '../teams'."),
        (("users", "create"), "Missing argument 'EMAIL'."),
        (("teams", "create", "  "), "`name` must"),
        (("teams", "create", "ONE"), "There is a team with this `name` already."),
        (("teams", "add-member", "none", "ana@example.com"), "There is no team 'none'."),
        (("teams", "add-member", "one", "nobody"), "There is no user 'nobody'."),
        (("teams", "remove-member", "one", "ana@example.com"), "No such user is in the team."),
    ],
)
def test_a_mistake_is_one_line(
    meterhouse: Meterhouse, arguments: tuple[str, ...], words: str
) -> None:
    meterhouse("users", "create", "ana@example.com", "--admin")
    meterhouse("teams", "create", "one")
    done = meterhouse(*arguments)
    assert (done.status, done.output, len(done.errors)) == (2, "", 1)
    assert done.errors[0].startswith(words)


def test_a_list_is_not_cut_at_a_page(
    meterhouse: Meterhouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.operator._PAGE", 2)
    names = [f"team-{number}" for number in range(5)]
    for name in names:
        meterhouse("teams", "create", name)
    assert [cells[1] for cells in _cells(meterhouse("teams", "list").output)] == names[::-1]


@pytest.mark.timeout(60)
def test_the_running_server_is_asked_and_writes_it_down(
    command: Command, meterhouse: Meterhouse
) -> None:
    with command.running("serve", "--port", "0") as server:
        server.wait_for("Admin key")
        user_id = meterhouse("users", "create", "ana@example.com").output.strip()
        assert meterhouse("teams", "create", "one").status == 0
        assert meterhouse("teams", "add-member", "one", "ana@example.com").status == 0
        assert [cells[1] for cells in _cells(meterhouse("users", "list").output)] == [
            "ana@example.com",
            "admin@localhost",
        ]
        missing = meterhouse("users", "disable", "nobody")
        assert (missing.status, len(missing.errors)) == (2, 1)
        assert server.end() == 0
    with closing(sqlite3.connect(command.folder / "data" / "meterhouse.db")) as database:
        rows = database.execute(
            "SELECT actor_kind, action, after FROM audit_log WHERE object_id = ? ORDER BY id",
            (user_id,),
        ).fetchall()
    assert [(kind, action) for kind, action, _ in rows] == [
        ("operator", "user.create"),
        ("operator", "member.add"),
    ]
    assert json.loads(rows[0][2])["email"] == "ana@example.com"


def test_every_command_of_the_operators_page_works_as_written(meterhouse: Meterhouse) -> None:
    lines = [line for line in PAGE.splitlines() if line.startswith("meterhouse ")]
    assert len(lines) == 10
    key_id = ""
    for line in lines:
        arguments = shlex.split(line.replace("key_...", key_id), comments=True)[1:]
        done = meterhouse(*arguments)
        assert (done.status, line) == (0, line)
        key_id = done.errors[0].split()[0] if done.output.startswith("mh_") else key_id


def test_a_server_that_does_not_answer_is_no_mistake_of_the_person(
    meterhouse: Meterhouse, folder: Path
) -> None:
    data = folder / "data"
    schema.upgrade(data)
    dead = RunningServer(pid=1, url="http://127.0.0.1:9", operator_secret=SecretStr("any"))
    with hold(data), announced(data, dead):
        done = meterhouse("users", "list")
    assert (done.status, done.output, len(done.errors)) == (1, "", 1)
    assert done.errors[0].startswith("The running server at http://127.0.0.1:9 does not answer")
