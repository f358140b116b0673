"""A new password is shown once, and hashed out of everybody's way."""

import asyncio
import threading

import pytest
from fastapi.testclient import TestClient
from pwdlib import PasswordHash
from pydantic import SecretStr

from app.services.passwords import PasswordHasher
from tests.support.people import People


def test_a_reset_shows_a_password_that_is_stored_as_a_hash(
    client: TestClient, people: People
) -> None:
    ana = people.user("ana")

    first = client.post(f"/v1/users/{ana}/reset-password")
    second = client.post(f"/v1/users/{ana}/reset-password").json()

    assert first.status_code == 200
    assert first.json()["user_id"] == ana
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["password"] != second["password"]
    [(stored,)] = people.query("SELECT password_hash FROM users WHERE id = ?", ana)
    assert PasswordHash.recommended().verify(second["password"], stored)
    shown = client.get(f"/v1/users/{ana}")
    assert shown.json()["has_password"] is True
    assert "argon2" not in shown.text


def test_nobody_gets_no_password(client: TestClient) -> None:
    assert client.post("/v1/users/user_nobody/reset-password").status_code == 404


async def test_two_are_hashed_at_once_and_the_loop_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running, most, may_end = 0, 0, threading.Event()
    lock = threading.Lock()

    def hash_slowly(password: str) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        may_end.wait(timeout=10)
        with lock:
            running -= 1
        return password.upper()

    monkeypatch.setattr("app.services.passwords.hash_password", hash_slowly)
    hasher = PasswordHasher()

    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(hasher.hash(SecretStr(text))) for text in "abcde"]
        while running < 2:  # noqa: ASYNC110 - a thread changes it
            await asyncio.sleep(0)
        may_end.set()

    assert [one.result() for one in asked] == ["A", "B", "C", "D", "E"]
    assert most == 2
