"""`meterhouse keys`, with and without a running server."""

from pathlib import Path

import httpx2
import pytest

from app.db import schema
from app.db.data_lock import hold
from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command


def test_keys_are_managed_in_the_database_where_no_server_runs(meterhouse: Meterhouse) -> None:
    created = meterhouse("keys", "create", "--name", "ci")
    assert created.status == 0
    assert created.output.startswith("mh_")
    key_id = created.errors[0].split()[0]
    assert created.errors == [f"{key_id} (inference); this is shown once."]

    (line,) = meterhouse("keys", "list").output.splitlines()[1:]
    assert line.split()[:2] == [key_id, "ci"]
    assert line.split()[-1] == "good"
    assert created.output.strip() not in line

    assert meterhouse("keys", "revoke", key_id).output == f"{key_id} is revoked.\n"
    (line,) = meterhouse("keys", "list").output.splitlines()[1:]
    assert "revoked" in line
    unknown = meterhouse("keys", "revoke", "key_nobody_has")
    assert unknown.status == 2
    assert unknown.errors[0].startswith("There is no key with this id.")


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
    monkeypatch.setattr("app.cli.key_desk._PAGE", 2)
    names = [f"key-{number}" for number in range(5)]
    for name in names:
        meterhouse("keys", "create", "--name", name)
    lines = meterhouse("keys", "list").output.splitlines()[1:]
    assert [line.split()[1] for line in lines] == names[::-1]


@pytest.mark.timeout(60)
def test_commands_reach_the_running_server(command: Command, meterhouse: Meterhouse) -> None:
    with command.running("serve", "--port", "0") as server:
        url = server.wait_for("Meterhouse").split()[2]
        server.wait_for("Admin key")
        created = meterhouse("keys", "create", "--admin")
        key_id = created.errors[0].split()[0]
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
        assert unknown.errors[0].startswith("There is no key with this id.")
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
