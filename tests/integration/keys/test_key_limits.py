"""None issues more than it has: scopes, models, time and tags."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.integration.keys.conftest import Issue
from tests.support.keys import bearer
from tests.support.people import error_of

BOTH = ["inference", "manage"]
SOON = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - the application's own clock


@pytest.fixture
def ask(client: TestClient, issue: Issue) -> Any:
    """Return a function that asks with a limited key for another one."""

    def run(limits: dict[str, Any], wish: dict[str, Any]) -> Any:
        headers = {"authorization": bearer(issue(scopes=BOTH, **limits)["secret"])}
        return client.post("/v1/keys", json={"name": "x"} | wish, headers=headers)

    return run


@pytest.mark.parametrize(
    ("wish", "models"),
    [
        ({}, ["fast", "org/*"]),
        ({"allowed_models": None}, ["fast", "org/*"]),
        ({"allowed_models": ["fast"]}, ["fast"]),
        ({"allowed_models": ["org/llama-*", "org/*"]}, ["org/llama-*", "org/*"]),
    ],
)
def test_a_limited_key_issues_keys_within_its_models(
    ask: Any, wish: dict[str, Any], models: list[str]
) -> None:
    issued = ask({"allowed_models": ["fast", "org/*"]}, wish)

    assert (issued.status_code, issued.json()["allowed_models"]) == (201, models)


@pytest.mark.parametrize("models", [["*"], ["org*"], ["fast", "slow"], ["fast*"], ["org/*", "*/x"]])
def test_a_limited_key_issues_none_beyond_its_models(ask: Any, models: list[str]) -> None:
    refused = ask({"allowed_models": ["fast", "org/*"]}, {"allowed_models": models})

    status, code, param, message = error_of(refused)
    assert (status, code, param) == (403, "forbidden", "allowed_models")
    assert "It may call: fast, org/*" in message


def test_a_key_that_ends_issues_keys_that_end_no_later(ask: Any) -> None:
    limits = {"expires_at": SOON.isoformat()}

    inherited = ask(limits, {})
    earlier = ask(limits, {"expires_at": (SOON - timedelta(minutes=1)).isoformat()})
    later = ask(limits, {"expires_at": (SOON + timedelta(seconds=1)).isoformat()})

    ends = [datetime.fromisoformat(one.json()["expires_at"]) for one in (inherited, earlier)]
    assert abs(ends[0] - SOON) < timedelta(milliseconds=1)
    assert ends[1] < ends[0]
    assert error_of(later)[:3] == (403, "forbidden", "expires_at")


def test_fixed_tags_are_inherited_and_cannot_be_changed(ask: Any) -> None:
    limits = {"tags": {"app": "shop"}}

    more = ask(limits, {"tags": {"stage": "test", "app": "shop"}})
    other = ask(limits, {"tags": {"app": "other"}})

    assert ask(limits, {}).json()["tags"] == {"app": "shop"}
    assert more.json()["tags"] == {"app": "shop", "stage": "test"}
    assert error_of(other)[:3] == (403, "forbidden", "tags")


def test_tags_are_at_most_eight_with_the_inherited_ones(ask: Any) -> None:
    eight = {str(number): "" for number in range(8)}

    assert len(ask({"tags": {"0": ""}}, {"tags": eight}).json()["tags"]) == 8
    assert error_of(ask({"tags": {"x": ""}}, {"tags": eight}))[:3] == (
        400,
        "invalid_request",
        "tags",
    )


def test_limits_hold_for_admins_keys_too(client: TestClient, issue: Issue, people: Any) -> None:
    limited = issue(user_id=people.user("ada", role="admin"), scopes=BOTH, allowed_models=["fast"])
    headers = {"authorization": bearer(limited["secret"])}

    refused = client.post("/v1/keys", json={"name": "x", "allowed_models": ["*"]}, headers=headers)

    assert error_of(refused)[:3] == (403, "forbidden", "allowed_models")
