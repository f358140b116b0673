"""The link that a start prints, and the command that prints another."""

import sqlite3
from contextlib import closing

import httpx2
import pytest

from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command

pytestmark = pytest.mark.timeout(60)


def sign_in(link: str) -> httpx2.Response:
    """Do what the page behind a link does."""
    address, _, token = link.partition("/#/sign-in/")
    return httpx2.post(f"{address}/v1/session", json={"link": token}, headers={"origin": address})


def test_a_start_prints_a_link_that_signs_the_first_admin_in(command: Command) -> None:
    with command.running("serve", "--port", "0") as server:
        line = server.wait_for("Open")
        url = server.wait_for("Meterhouse").split()[2]
        server.wait_for("Admin key")
        answer = sign_in(line.split()[1])
        again = sign_in(line.split()[1])
        labels = [one.split("  ")[0] for one in server.lines]
        assert server.end() == 0

    assert line.split()[1].startswith(f"{url}/#/sign-in/")
    assert answer.status_code == 201
    assert answer.json()["user"]["email"] == "admin@localhost"
    assert answer.json()["is_encrypted"] is True
    assert f"meterhouse-{url.rpartition(':')[2]}=" in answer.headers["set-cookie"]
    assert again.status_code == 401
    assert labels.index("Open") + 1 == labels.index("Admin key")
    assert line.rpartition("/")[2].split()[0] not in server.errors  # nor in any log


def test_on_an_open_address_a_link_is_printed_only_when_it_is_asked_for(
    command: Command, meterhouse: Meterhouse
) -> None:
    with command.running("serve", "--simulate", "--host", "0.0.0.0", "--port", "0") as server:  # noqa: S104
        server.wait_for("Admin key")
        printed = "\n".join(server.lines)
        asked = meterhouse("sign-in-link")
        answer = sign_in(asked.output.strip())
        assert server.end() == 0

    assert "sign-in" not in printed
    assert asked.errors == ["It works once, within 15 minutes."]
    assert answer.status_code == 201


def test_a_link_is_made_for_whoever_is_named(command: Command, meterhouse: Meterhouse) -> None:
    with command.running("serve", "--port", "0") as server:
        server.wait_for("Admin key")
        meterhouse("users", "create", "ana@example.com")
        answer = sign_in(meterhouse("sign-in-link", "ANA@example.com").output.strip())
        nobody = meterhouse("sign-in-link", "eva@example.com")
        assert server.end() == 0

    assert answer.json()["user"]["email"] == "ana@example.com"
    assert (nobody.status, len(nobody.errors)) == (2, 1)
    with closing(sqlite3.connect(command.folder / "data" / "meterhouse.db")) as database:
        query = "SELECT actor_kind, action FROM audit_log WHERE action LIKE 'user.sign_in%'"
        assert database.execute(f"{query} ORDER BY id").fetchall() == [
            ("operator", "user.sign_in_link"),
            ("operator", "user.sign_in_link"),
            ("user", "user.sign_in"),
        ]


def test_without_a_server_there_is_nothing_to_sign_in_to(meterhouse: Meterhouse) -> None:
    refused = meterhouse("sign-in-link")

    assert refused.status == 2
    assert "`meterhouse serve`" in refused.errors[0]


def test_the_public_address_is_where_people_are_sent(command: Command) -> None:
    (command.folder / ".env").write_text(
        "METERHOUSE_PUBLIC_URL=https://ai.example.com\n", encoding="utf-8"
    )
    with command.running("serve", "--port", "0") as server:
        line = server.wait_for("Open")

    assert line.split()[1].startswith("https://ai.example.com/#/sign-in/")
