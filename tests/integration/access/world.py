"""A running gateway as an attacker sees it, and its database as nobody does."""

import io
import json
import sqlite3
from asyncio import Event, gather
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final, cast

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.types import Receive, Scope, Send

from app.services.container import Container
from app.services.passwords import PasswordHasher
from tests.integration.access.population import UPSTREAM, Population, populate

FAR_AWAY: Final = ("203.0.113.7", 50_000)
_SHOWN_ONCE: Final = ("secret", "password", "url")
_STATE: Final = (
    "SELECT * FROM users ORDER BY id",
    "SELECT * FROM teams ORDER BY id",
    "SELECT * FROM members ORDER BY team_id, user_id",
    "SELECT id, name, digest, scopes, expires_at_ms, revoked_at_ms, user_id, team_id FROM api_keys",
    "SELECT * FROM budgets ORDER BY id",
    "SELECT * FROM limits ORDER BY id",
    "SELECT * FROM prices ORDER BY id, unit",
    "SELECT * FROM body_rules ORDER BY id",
    "SELECT id, user_id, digest FROM sessions ORDER BY id",
    "SELECT * FROM models ORDER BY name",
)


class _QuickHasher(PasswordHasher):
    """Hashes in no time: the real one takes a third of a second."""

    async def hash(self, password: SecretStr) -> str:
        return sha256(password.get_secret_value().encode()).hexdigest()


class _Started:
    """An application with what its lifespan gives to every request."""

    def __init__(self, app: FastAPI, container: Container) -> None:
        self._app = app
        self._container = container

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"] = {"container": self._container}
        await self._app(scope, receive, send)


class World:
    """Sends requests, and remembers every secret that was ever handed out."""

    def __init__(self, client: TestClient, log: io.StringIO) -> None:
        assert client.portal is not None
        self.app = cast("FastAPI", client.app)
        self.log = log
        container = cast("Container", client.app_state["container"])
        self.container = replace(container, passwords=_QuickHasher())
        self.secrets = set[str]()
        self._call = client.portal.call
        self._database = sqlite3.connect(self.container.database.path)
        self._started = _Started(self.app, self.container)
        transport = httpx2.ASGITransport(self._started, client=FAR_AWAY)
        # It takes one step between threads a request, where the test client takes many.
        self._client = httpx2.AsyncClient(transport=transport, base_url="http://gateway")
        self._last_change = 0
        self.people = self.populate()

    def populate(self) -> Population:
        """Put a new company in the place of the one that is there."""

        async def add() -> Population:
            async with self.container.database.transaction() as session:
                people = await populate(session, self.container.authenticator.pepper)
            self.container.authenticator.forget_all()
            await self.container.admission.refresh()
            await self.container.body_rules.refresh()
            self.container.entrances.of(UPSTREAM).is_drained = False
            return people

        self.people = self._call(add)
        self.secrets |= self.people.secrets
        self.read_new_changes()
        return self.people

    def ask(self, caller: str, method: str, path: str, body: Any = None) -> httpx2.Response:
        """Send a request as one of the callers."""
        return self.ask_at_once((caller, method, path, body))[0]

    def ask_at_once(self, *questions: tuple[str, str, str, Any]) -> list[httpx2.Response]:
        """Send requests together, and return the answers in the same order."""

        async def send() -> list[httpx2.Response]:
            return await gather(
                *(
                    self._send(self.people.headers[caller], method, path, body)
                    for caller, method, path, body in questions
                )
            )

        answers = self._call(send)
        for answer in answers:
            self._remember_secrets(answer)
        return answers

    async def _send(
        self, headers: Mapping[str, str], method: str, path: str, body: Any
    ) -> httpx2.Response:
        self._client.cookies.clear()  # a caller sends their own, whatever others were told to keep
        if body is None:
            return await self._client.request(method, path, headers=headers)
        # Bytes are sent as they are, and what no JSON can hold is escaped.
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**headers, "content-type": "application/json"}
        return await self._client.request(method, path, content=content, headers=headers)

    def ask_raw(self, method: str, path: str, authorization: bytes) -> httpx2.Response:
        """Send what no client would: a path as it is, and any bytes as a key."""
        messages = list[Any]()
        requests = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> dict[str, Any]:
            if not requests:
                await Event().wait()  # the caller stays
            return requests.pop()

        async def send(message: Any) -> None:
            messages.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(errors="surrogatepass"),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"gateway"), (b"authorization", authorization)],
            "client": FAR_AWAY,
            "server": ("gateway", 80),
        }
        self._call(self._started, scope, receive, send)
        start, *bodies = messages
        content = b"".join(message["body"] for message in bodies)
        return httpx2.Response(start["status"], headers=start["headers"], content=content)

    def add_caller(self, secret: str) -> str:
        """Remember a secret, and return by which name to ask with it."""
        name = f"caller {len(self.people.headers)}"
        headers = {**self.people.headers, name: {"authorization": f"Bearer {secret}"}}
        self.people = replace(self.people, headers=headers)
        return name

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        return self._database.execute(sql, values).fetchall()

    def state(self) -> list[tuple[Any, ...]]:
        """Return everything that can be changed, without when keys were last used."""
        upstreams = [(one.name, one.is_drained) for one in self.container.upstreams.list_all()]
        return [*(row for sql in _STATE for row in self.query(sql)), *upstreams]

    def read_new_changes(self) -> list[dict[str, Any]]:
        """Return what was written down since this was asked last, oldest first."""
        found = self._database.execute(
            "SELECT * FROM audit_log WHERE rowid > ? ORDER BY rowid", (self._last_change,)
        )
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found]
        self._last_change += len(rows)
        return rows

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _remember_secrets(self, answer: httpx2.Response) -> None:
        kind = answer.headers.get("content-type")
        if answer.is_success and answer.content and kind == "application/json":
            shown: Mapping[str, Any] = answer.json()
            shown_once = {shown[name] for name in _SHOWN_ONCE if name in shown}
            self.secrets |= {text.rpartition("/")[2] for text in shown_once}  # of a link, its token
