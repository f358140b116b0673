"""`meterhouse keys`, with and without a running server."""

from pathlib import Path

import httpx2
import pytest

from app.db import schema
from app.db.data_lock import hold
from tests.integration.cli.conftest import Done, Meterhouse
from tests.support.commands import Command


def _cells(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()[1:]]


def _id_of(done: Done) -> str:
    return done.errors[0].split()[0]


def test_keys_are_managed_in_the_database_where_no_server_runs(meterhouse: Meterhouse) -> None:
    created = meterhouse("keys", "create", "--name", "ci")
    assert created.status == 0
    assert created.output.startswith("mh_")
    key_id = _id_of(created)
    assert created.errors == [f"{key_id} of admin@localhost (inference); this is shown once."]

    (cells,) = _cells(meterhouse("keys", "list").output)
    assert cells[:2] == [key_id, "ci"]
    assert cells[3:] == ["admin@localhost", "inference", "all", "never", "good"]
    assert created.output.strip() not in cells

    assert meterhouse("keys", "revoke", key_id).output == f"{key_id} is revoked.\n"
    (cells,) = _cells(meterhouse("keys", "list").output)
    assert cells[-1].startswith("revoked 20")


def test_a_key_has_the_owner_and_limits_that_it_is_given(meterhouse: Meterhouse) -> None:
    meterhouse("users", "create", "ana@example.com")
    meterhouse("teams", "create", "Research")
    meterhouse("teams", "add-member", "research", "ana@example.com")
    limits = ("--models", "openai/*", "--models", "small", "--expires", "2099-01-31")
    service = meterhouse("keys", "create", "--team", "research", "--tag", "project=a=b", *limits)
    own = meterhouse("keys", "create", "--user", "ana@example.com", "--admin")
    charged = meterhouse("keys", "create", "--user", "ana@example.com", "--team", "research")
    assert service.errors[0].endswith(" of team Research (inference); this is shown once.")

    rows = _cells(meterhouse("keys", "list").output)
    assert [(cells[0], cells[3]) for cells in rows] == [
        (_id_of(charged), "ana@example.com for team Research"),
        (_id_of(own), "ana@example.com"),
        (_id_of(service), "team Research"),
    ]
    assert rows[1][4] == "inference, manage"
    assert (rows[2][5], rows[2][7]) == ("openai/*, small", "until 2099-01-31 00:00")
    of_team = _cells(meterhouse("keys", "list", "--team", "RESEARCH").output)
    of_ana = _cells(meterhouse("keys", "list", "--user", "ana@example.com").output)
    assert [cells[0] for cells in of_team] == [_id_of(charged), _id_of(service)]
    assert [cells[0] for cells in of_ana] == [_id_of(charged), _id_of(own)]


@pytest.mark.parametrize(
    ("overlap", "state"), [((), "until 20"), (("--overlap-hours", "0"), "expired 20")]
)
def test_a_rotated_key_ends_when_it_is_told_to(
    meterhouse: Meterhouse, overlap: tuple[str, ...], state: str
) -> None:
    old = _id_of(meterhouse("keys", "create", "--name", "ci", "--models", "small"))
    new = meterhouse("keys", "rotate", old, *overlap)
    assert new.output.startswith("mh_")
    assert new.errors == [f"{_id_of(new)} takes the place of {old}; this is shown once."]
    newest, oldest = _cells(meterhouse("keys", "list").output)
    assert newest[1:2] + newest[3:] == [*oldest[1:2], *oldest[3:-1], "good"]
    assert oldest[-1].startswith(state)


def test_a_key_without_an_owner_is_the_first_admins_who_is_not_disabled(
    meterhouse: Meterhouse,
) -> None:
    for email in ("ana@example.com", "bo@example.com"):
        meterhouse("users", "create", email, "--admin")
    assert " of ana@example.com " in meterhouse("keys", "create").errors[0]
    meterhouse("users", "disable", "ana@example.com")
    assert " of bo@example.com " in meterhouse("keys", "create").errors[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("create", "--name", "  "), "`name` must"),
        (("create", "--user", "nobody@example.com"), "There is no user 'nobody@example.com'."),
        (("create", "--team", "none"), "There is no team 'none'."),
        (("create", "--user", "ana@example.com", "--team", "one"), "The user is no member"),
        (("create", "--models", ""), "`allowed_models.0` must"),
        (("create", "--expires", "soon"), "--expires: 'soon' is no time."),
        (("create", "--expires", "2020-01-01"), "`expires_at` must be in the future"),
        (("create", "--tag", "project"), "--tag: 'project' is not of the form name=value."),
        (("list", "--team", "none"), "There is no team 'none'."),
        (("rotate", "key_nobody_has"), "There is no such key"),
        (("revoke", "key_nobody_has"), "There is no such key"),
    ],
)
def test_a_mistake_is_one_line(
    meterhouse: Meterhouse, arguments: tuple[str, ...], words: str
) -> None:
    meterhouse("users", "create", "ana@example.com")
    meterhouse("teams", "create", "one")
    done = meterhouse("keys", *arguments)
    assert (done.status, done.output, len(done.errors)) == (2, "", 1)
    assert done.errors[0].startswith(words)


def test_keys_of_a_lost_pepper_can_be_revoked_so_that_the_gateway_starts_again(
    meterhouse: Meterhouse, folder: Path
) -> None:
    key_id = _id_of(meterhouse("keys", "create"))
    (folder / "data" / "secret.key").unlink()
    refused = meterhouse("serve", "--port", "0")
    assert (refused.status, len(refused.errors)) == (2, 1)
    assert refused.errors[0].startswith("1 API keys in use were made with another key pepper")
    assert _cells(meterhouse("keys", "list").output)[0][0] == key_id
    assert meterhouse("keys", "revoke", key_id).status == 0
    assert _cells(meterhouse("keys", "list").output)[0][-1].startswith("revoked")


@pytest.mark.parametrize("arguments", [("list",), ("revoke", "key_x")])
def test_a_folder_without_keys_is_left_alone(
    meterhouse: Meterhouse, folder: Path, arguments: tuple[str, ...]
) -> None:
    done = meterhouse("keys", *arguments)
    assert done.status == 2
    assert "Run `meterhouse db upgrade`" in done.errors[0]
    assert not (folder / "data").exists()


def test_a_list_of_keys_is_not_cut_at_a_page(
    meterhouse: Meterhouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.cli.operator._PAGE", 2)
    names = [f"key-{number}" for number in range(5)]
    for name in names:
        meterhouse("keys", "create", "--name", name)
    assert [cells[1] for cells in _cells(meterhouse("keys", "list").output)] == names[::-1]


@pytest.mark.timeout(60)
def test_commands_reach_the_running_server(command: Command, meterhouse: Meterhouse) -> None:
    with command.running("serve", "--port", "0") as server:
        url = server.wait_for("Meterhouse").split()[2]
        server.wait_for("Admin key")
        created = meterhouse("keys", "create", "--admin")
        key_id = _id_of(created)
        headers = {"Authorization": f"Bearer {created.output.strip()}"}
        with httpx2.Client(base_url=url, headers=headers) as client:
            listed = client.get("/v1/keys").json()
            assert listed["data"][0]["id"] == key_id
            assert set(listed["data"][0]["scopes"]) == {"inference", "manage"}
            assert key_id in meterhouse("keys", "list").output
            assert meterhouse("keys", "revoke", key_id).status == 0
            assert client.get("/v1/keys").status_code == 401
        unknown = meterhouse("keys", "revoke", "key_nobody_has")
        assert (unknown.status, len(unknown.errors)) == (2, 1)
        assert unknown.errors[0].startswith("There is no such key")
        assert meterhouse("db", "upgrade").output.endswith(f"up to date: {schema.head()}.\n")
        (second,) = meterhouse("serve", "--port", "0").errors
        assert "in use by another Meterhouse" in second
        assert server.end() == 0


@pytest.mark.timeout(60)
def test_what_a_crashed_server_left_behind_is_not_in_the_way(
    command: Command, meterhouse: Meterhouse, folder: Path
) -> None:
    with command.running("serve", "--port", "0") as server:
        server.wait_for("Admin key")
        server.process.kill()
        server.process.wait()
    assert (folder / "data" / "server.json").exists()
    assert meterhouse("keys", "create").output.startswith("mh_")


def test_a_server_that_is_just_starting_is_waited_for_by_the_person(
    meterhouse: Meterhouse, folder: Path
) -> None:
    schema.upgrade(folder / "data")
    with hold(folder / "data"):
        done = meterhouse("keys", "list")
    assert done.status == 2
    assert done.errors[0].endswith("Try again in a moment.")
