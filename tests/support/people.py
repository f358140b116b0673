"""Callers of a running application, each with a key of their own."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from fastapi.testclient import TestClient

from app.core.ids import new_id
from app.core.security import digest, new_secret, pepper_version
from app.services.container import Container
from tests.support.keys import bearer

BOTH = ("inference", "manage")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was put into the database behind the application's back."""

    id: str
    headers: dict[str, str]


class People:
    """Makes users, teams and keys, as the bootstrap admin whose client it is."""

    def __init__(self, client: TestClient, headers: dict[str, str] | None = None) -> None:
        self.client = client
        self._headers = headers
        self._container = cast("Container", client.app_state["container"])

    def user(self, name: str, role: str = "member") -> str:
        """Create a user and return their id."""
        body = {"email": f"{name}@example.com", "name": name.title(), "role": role}
        return str(self._created("/v1/users", body)["id"])

    def team(self, name: str, **roles: str) -> str:
        """Create a team of users, given as `<user id>="lead"`, and return its id."""
        team_id = str(self._created("/v1/teams", {"name": name})["id"])
        for user_id, role in roles.items():
            body = {"user_id": user_id, "role": role}
            self._created(f"/v1/teams/{team_id}/members", body)
        return team_id

    def key(
        self,
        user_id: str | None = None,
        *,
        team_id: str | None = None,
        scopes: tuple[str, ...] = BOTH,
        allowed_models: list[str] | None = None,
    ) -> Key:
        """Give a user or a team a key."""
        secret, key_id, pepper = new_secret(), new_id("key"), self._container.authenticator.pepper
        row: dict[str, Any] = {
            "id": key_id,
            "name": "a key",
            "digest": digest(pepper, secret),
            "pepper_version": pepper_version(pepper),
            "prefix": secret[:8],
            "last4": secret[-4:],
            "scopes": json.dumps(scopes),
            "created_at_ms": 1,
            "user_id": user_id,
            "team_id": team_id,
            "allowed_models": None if allowed_models is None else json.dumps(allowed_models),
            "tags": "{}",
        }
        columns, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"INSERT INTO api_keys ({columns}) VALUES ({marks})"  # noqa: S608 - the names are ours
        self.query(sql, *row.values())
        return Key(key_id, {"authorization": bearer(secret)})

    def query(self, sql: str, *values: object) -> list[Any]:
        """Ask the database itself."""
        with closing(sqlite3.connect(self._container.database.path)) as connection, connection:
            return connection.execute(sql, values).fetchall()

    def revoked_keys(self) -> set[str]:
        """Return the ids of all revoked keys."""
        rows = self.query("SELECT id FROM api_keys WHERE revoked_at_ms IS NOT NULL")
        return {key_id for (key_id,) in rows}

    def changes(self) -> int:
        """Return how many changes were counted."""
        [(counter,)] = self.query("SELECT counter FROM changes WHERE name = 'access'")
        return int(counter)

    def audit_log(self) -> list[tuple[str, str]]:
        """Return every action and its object, oldest first."""
        return self.query("SELECT action, object_id FROM audit_log ORDER BY id")

    def _created(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(path, json=body, headers=self._headers)
        assert answer.status_code == 201, answer.text
        return cast("dict[str, Any]", answer.json())


def error_of(answer: Any) -> tuple[int, str, str | None, str]:
    """Return status, code, param and message of a refusal."""
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["param"], error["message"]
