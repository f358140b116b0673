"""Keys of a running gateway, and those that it refuses something."""

from typing import Any

import httpx2

from tests.conftest import ADMIN_KEY


def created(gateway_url: str, path: str, body: dict[str, Any]) -> Any:
    """Let an admin create something."""
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    answer = httpx2.post(f"{gateway_url}{path}", json=body, headers=headers, trust_env=False)
    assert answer.status_code == 201, answer.text
    return answer.json()


def new_key(gateway_url: str, name: str) -> Any:
    """Issue a key for inference, of a team of its own."""
    team = created(gateway_url, "/v1/teams", {"name": name})
    return created(gateway_url, "/v1/keys", {"name": name, "team_id": team["id"]})


def without_money(gateway_url: str, name: str) -> str:
    """Return the secret of a key whose budget is less than any call may cost."""
    key = new_key(gateway_url, name)
    budget = {"scope": "key", "scope_id": key["id"], "cap_usd": 0.000001, "period": "total"}
    created(gateway_url, "/v1/budgets", budget)
    return key["secret"]


def with_one_call(gateway_url: str, name: str) -> str:
    """Return the secret of a key that may call once a minute."""
    key = new_key(gateway_url, name)
    limit = {"scope": "key", "scope_id": key["id"], "requests_per_minute": 1}
    created(gateway_url, "/v1/limits", limit)
    return key["secret"]
