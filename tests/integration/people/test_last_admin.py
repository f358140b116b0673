"""There is always an admin who is not disabled."""

import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.people import People, error_of

DEMOTE = ("PATCH", {"role": "member"})
DISABLE = ("PATCH", {"disabled": True})
DELETE = ("DELETE", None)


@pytest.mark.parametrize(("method", "body"), [DEMOTE, DISABLE, DELETE])
def test_the_last_one_stays(client: TestClient, people: People, method: str, body: Any) -> None:
    boss = people.user("boss", "admin")
    former = people.user("former", "admin")
    client.patch(f"/v1/users/{former}", json={"disabled": True})
    people.user("member")
    count = people.changes()

    refused = client.request(method, f"/v1/users/{boss}", json=body)

    status, code, _, message = error_of(refused)
    assert (status, code) == (409, "conflict")
    assert "Make somebody else an admin first" in message
    assert refused.headers["x-should-retry"] == "false"
    assert people.changes() == count
    assert client.get(f"/v1/users/{boss}").json()["role"] == "admin"


@pytest.mark.parametrize(("method", "body"), [DEMOTE, DISABLE, DELETE])
def test_one_of_two_may_go(client: TestClient, people: People, method: str, body: Any) -> None:
    people.user("boss", "admin")
    other = people.user("other", "admin")

    assert client.request(method, f"/v1/users/{other}", json=body).is_success


def test_a_disabled_admin_may_go_and_the_last_one_may_be_renamed(
    client: TestClient, people: People
) -> None:
    boss, former = people.user("boss", "admin"), people.user("former", "admin")
    client.patch(f"/v1/users/{former}", json={"disabled": True})

    assert client.delete(f"/v1/users/{former}").status_code == 204
    assert client.patch(f"/v1/users/{boss}", json={"name": "The boss"}).status_code == 200


@pytest.mark.parametrize("change", [DEMOTE, DISABLE, DELETE])
def test_of_two_who_push_each_other_out_at_once_exactly_one_stays(
    people: People, change: tuple[str, Any]
) -> None:
    for _ in range(5):
        won = push_each_other_out(people, *change)

        left = people.query("SELECT id FROM users WHERE role = 'admin' AND disabled_at_ms IS NULL")
        assert (won, len(left)) == (1, 1)
        people.query("DELETE FROM users")


def push_each_other_out(people: People, method: str, body: Any) -> int:
    """Let the only two admins change each other at once, and return how many could."""
    one, two = people.user("one", "admin"), people.user("two", "admin")
    start, won = threading.Barrier(2), list[str]()

    def push(headers: dict[str, str], victim: str) -> None:
        start.wait()
        answer = people.client.request(method, f"/v1/users/{victim}", json=body, headers=headers)
        if answer.is_success:
            won.append(victim)

    threads = [
        threading.Thread(target=push, args=(people.key(pusher).headers, victim))
        for pusher, victim in ((one, two), (two, one))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)
