"""Issuing, listing and revoking keys over HTTP."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.security import is_well_formed
from tests.integration.keys.conftest import Issue
from tests.support.keys import bearer
from tests.support.people import error_of

Headers = dict[str, str]


def with_key(issued: dict[str, Any]) -> Headers:
    return {"authorization": bearer(issued["secret"])}


class TestIssue:
    def test_shows_the_secret_once(self, client: TestClient, admin: Headers, issue: Issue) -> None:
        issued = issue(name="  ci of app ")

        secret = issued.pop("secret")
        assert is_well_formed(secret)
        assert issued["prefix"] == secret[:8]
        assert issued["last4"] == secret[-4:]
        assert issued["name"] == "ci of app"
        assert issued["scopes"] == ["inference"]
        assert issued["expires_at"] is issued["revoked_at"] is issued["last_used_at"] is None
        listed = client.get("/v1/keys", headers=admin)
        assert listed.json()["data"] == [issued]
        assert secret not in listed.text

    def test_gives_a_key_that_works_at_once(self, client: TestClient, issue: Issue) -> None:
        assert client.get("/v1/usage", headers=with_key(issue())).status_code == 200

    def test_gives_the_scopes_asked_for(self, client: TestClient, issue: Issue) -> None:
        manager = issue(scopes=["manage", "inference", "manage"])

        assert manager["scopes"] == ["inference", "manage"]
        assert client.get("/v1/keys", headers=with_key(manager)).status_code == 200

    def test_gives_nobody_more_than_the_issuer_has(self, client: TestClient, issue: Issue) -> None:
        manager = with_key(issue(scopes=["manage"]))

        refused = client.post("/v1/keys", json={"name": "x"}, headers=manager)
        passed = client.post("/v1/keys", json={"name": "x", "scopes": ["manage"]}, headers=manager)

        status, code, param, message = error_of(refused)
        assert (status, code, param) == (403, "forbidden", "scopes")
        assert "`inference`" in message
        assert passed.status_code == 201

    def test_ends_a_key_at_its_time(self, client: TestClient, issue: Issue) -> None:
        soon = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - the application's own clock

        issued = issue(expires_at=soon.isoformat())

        at = datetime.fromisoformat(issued["expires_at"])
        assert abs(at - soon) < timedelta(milliseconds=1)
        assert client.get("/v1/usage", headers=with_key(issued)).status_code == 200

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, ("name", "missing")),
            ({"name": "  "}, ("name", "at least 1 character")),
            ({"name": "x" * 81}, ("name", "at most 80 characters")),
            ({"name": "a\nb"}, ("name", "must be one line of printable characters")),
            ({"name": "x", "scope": "manage"}, ("scope", "not a field that is known")),
            ({"name": "x", "created_by": "user_1"}, ("created_by", "not a field that is known")),
            ({"name": "x", "allowed_models": []}, ("allowed_models", "at least 1")),
            ({"name": "x", "allowed_models": ["a b"]}, ("allowed_models.0", "without spaces")),
            ({"name": "x", "allowed_models": ["a\x00"]}, ("allowed_models.0", "without spaces")),
            ({"name": "x", "allowed_models": ["a" * 201]}, ("allowed_models.0", "at most 200")),
            ({"name": "x", "allowed_models": ["a"] * 51}, ("allowed_models", "at most 50")),
            ({"name": "x", "tags": {str(n): "" for n in range(9)}}, ("tags", "at most 8")),
            ({"name": "x", "tags": {"": "x"}}, ("tags.[key]", "at least 1 character")),
            ({"name": "x", "tags": {"a": "x" * 257}}, ("tags.a", "at most 256 characters")),
            ({"name": "x", "tags": {"a": "b\nc"}}, ("tags.a", "one line of printable")),
            ({"name": "x", "user_id": "\ud800"}, ("user_id", "unicode")),
            ({"name": "x", "user_id": "x" * 65}, ("user_id", "at most 64 characters")),
            ({"name": "x", "scopes": []}, ("scopes", "at least 1")),
            ({"name": "x", "scopes": ["admin"]}, ("scopes.0", "'inference' or 'manage'")),
            ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, ("expires_at", "in the future")),
            (
                {"name": "x", "expires_at": "2099-01-01T00:00:00"},
                ("expires_at", "must have timezone"),
            ),
            ({"name": "x", "expires_at": "9999-12-31T23:59:59-14:00"}, ("expires_at", "9000")),
        ],
    )
    def test_refuses_a_bad_field_by_name(
        self,
        client: TestClient,
        *,
        admin: Headers,
        owner: str,
        body: dict[str, Any],
        expected: tuple[str, str],
    ) -> None:
        param, words = expected
        refused = client.post(
            "/v1/keys",
            content=json.dumps({"user_id": owner} | body),
            headers={"content-type": "application/json", **admin},
        )

        status, code, named, message = error_of(refused)
        assert (status, code, named) == (400, "invalid_request", param)
        assert words in message


class TestList:
    def test_pages_from_the_newest_on(
        self, client: TestClient, admin: Headers, issue: Issue
    ) -> None:
        newest_first = sorted((issue(name=str(number))["id"] for number in range(5)), reverse=True)
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 2}
        sizes: list[int] = []

        while True:
            page = client.get("/v1/keys", params=query, headers=admin).json()
            ids = [key["id"] for key in page["data"]]
            assert (page["first_id"], page["last_id"]) == (ids[0], ids[-1])
            sizes.append(len(ids))
            seen += ids
            query["after"] = page["last_id"]
            if not page["has_more"]:
                break

        assert seen == newest_first
        assert sizes == [2, 2, 1]

    def test_of_nothing_is_an_empty_page(self, client: TestClient, admin: Headers) -> None:
        assert client.get("/v1/keys", headers=admin).json() == {
            "object": "list",
            "data": [],
            "has_more": False,
            "first_id": None,
            "last_id": None,
        }

    @pytest.mark.parametrize(
        ("query", "param"),
        [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("after=x", "after")],
    )
    def test_refuses_a_bad_page_by_name(
        self, client: TestClient, admin: Headers, query: str, param: str
    ) -> None:
        status, code, named, _ = error_of(client.get(f"/v1/keys?{query}", headers=admin))

        assert (status, code, named) == (400, "invalid_request", param)


class TestRevoke:
    def test_stops_a_key_in_use_at_once(
        self, client: TestClient, admin: Headers, issue: Issue
    ) -> None:
        issued = issue()
        assert client.get("/v1/usage", headers=with_key(issued)).status_code == 200

        revoked = client.delete(f"/v1/keys/{issued['id']}", headers=admin)

        assert (revoked.status_code, revoked.content) == (204, b"")
        status, code, _, message = error_of(client.get("/v1/usage", headers=with_key(issued)))
        assert (status, code) == (401, "unauthenticated")
        assert "was revoked" in message

    def test_twice_changes_nothing(self, client: TestClient, admin: Headers, issue: Issue) -> None:
        path = f"/v1/keys/{issue()['id']}"
        client.delete(path, headers=admin)
        [first] = client.get("/v1/keys", headers=admin).json()["data"]

        assert client.delete(path, headers=admin).status_code == 204

        assert client.get("/v1/keys", headers=admin).json()["data"] == [first]
        assert first["revoked_at"] is not None

    def test_of_an_unknown_key_says_where_keys_are_listed(
        self, client: TestClient, admin: Headers
    ) -> None:
        status, code, _, message = error_of(client.delete("/v1/keys/bootstrap", headers=admin))

        assert (status, code) == (404, "not_found")
        assert "GET /v1/keys" in message


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path"),
        [("POST", "/v1/keys"), ("GET", "/v1/keys"), ("DELETE", "/v1/keys/key_1")],
    )
    def test_to_keys_needs_the_scope_manage(
        self, client: TestClient, issue: Issue, method: str, path: str
    ) -> None:
        body = {"name": "x"} if method == "POST" else None

        nobody = client.request(method, path, json=body)
        caller = client.request(method, path, json=body, headers=with_key(issue()))

        assert error_of(nobody)[:2] == (401, "unauthenticated")
        assert nobody.headers["www-authenticate"] == "Bearer"
        status, code, _, message = error_of(caller)
        assert (status, code) == (403, "forbidden")
        assert "`manage`" in message

    @pytest.mark.parametrize("path", ["/v1/usage", "/v1/usage/entries"])
    def test_to_usage_needs_the_scope_inference(
        self, client: TestClient, issue: Issue, path: str
    ) -> None:
        manager = with_key(issue(scopes=["manage"]))

        assert client.get(path).status_code == 401
        assert client.get(path, headers=manager).status_code == 403

    @pytest.mark.parametrize(
        "elsewhere", [{"x-api-key": "@"}, {"cookie": "key=@"}, {"proxy-authorization": "Bearer @"}]
    )
    def test_is_given_by_the_authorization_header_alone(
        self, client: TestClient, issue: Issue, elsewhere: Headers
    ) -> None:
        secret = issue()["secret"]
        headers = {name: value.replace("@", secret) for name, value in elsewhere.items()}

        assert client.get("/v1/usage", headers=headers).status_code == 401
        assert client.get(f"/v1/usage?key={secret}&api_key={secret}").status_code == 401

    def test_is_described_in_the_api_reference(self, client: TestClient) -> None:
        reference = cast("FastAPI", client.app).openapi()

        assert reference["paths"]["/v1/keys"]["get"]["security"] == [{"Meterhouse key": []}]
