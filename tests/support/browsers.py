"""Browsers as the gateway sees them: they keep cookies, and send what pages send."""

import json
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from httpx2 import Response

from app.services.container import Container
from tests.conftest import ADMIN_KEY

HERE = "http://127.0.0.1:8000"
ADMIN = {"authorization": f"Bearer {ADMIN_KEY}"}


class Browser:
    """One browser with one of the gateway's pages open. Several may share an application."""

    def __init__(self, client: TestClient, address: str = HERE) -> None:
        self.client = client
        self.address = address
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    @property
    def container(self) -> Container:
        container = self.client.app_state["container"]
        assert isinstance(container, Container)
        return container

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Response:
        """Send a request as a page does, or with other headers. An empty one is not sent."""
        sent = {"host": urlsplit(self.address).netloc, "sec-fetch-site": "same-origin"}
        if method != "GET":
            sent["origin"] = self.address
        if body is not None:
            sent["content-type"] = "application/json"
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= {"x-meterhouse-csrf": self.csrf} | (headers or {})
        raw = [(name.encode(), value.encode("latin-1")) for name, value in sent.items() if value]
        self.client.cookies.clear()  # ours are those that count
        content = None if body is None else json.dumps(body)
        answer = self.client.request(method, path, content=content, headers=raw)
        for name, morsel in _set_cookies(answer).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return answer

    def sign_in(self, **credentials: str) -> Response:
        """Sign in, and remember the token of the session."""
        answer = self.send("POST", "/v1/session", credentials)
        if answer.is_success:
            self.csrf = answer.json()["csrf_token"]
        return answer

    def sign_in_by_link(self, user_id: str) -> Response:
        """Sign in by a link of one's own."""
        token = self.container.sign_in_links.issue(user_id).token.get_secret_value()
        answer = self.sign_in(link=token)
        assert answer.status_code == 201, answer.text
        return answer


def _set_cookies(answer: Response) -> SimpleCookie:
    found = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        found.load(header)
    return found
