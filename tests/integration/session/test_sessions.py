"""A person who is signed in does what they could do with a key of their own."""

from tests.support.browsers import Browser
from tests.support.people import People

CHAT = {
    "model": "meta-llama/Llama-3.3-70B-Instruct",
    "max_tokens": 3,
    "messages": [{"role": "user", "content": "Hi"}],
}


def test_a_link_signs_somebody_in(browser: Browser, people: People) -> None:
    ana = people.user("ana", role="admin")
    team = people.team("research", **{ana: "lead"})

    answer = browser.sign_in_by_link(ana)

    assert answer.json() == {
        "object": "session",
        "user": {
            "id": ana,
            "name": "Ana",
            "email": "ana@example.com",
            "role": "admin",
            "has_password": False,
        },
        "teams": [{"id": team, "name": "research", "role": "lead"}],
        "csrf_token": browser.csrf,
        "signed_in_with": "link",
        "created_at": "2026-11-23T12:00:00Z",
        "expires_at": "2026-11-30T12:00:00Z",
        "is_encrypted": True,
    }
    assert browser.send("GET", "/v1/session").json() == answer.json()


def test_a_session_calls_models_and_manages(browser: Browser, people: People) -> None:
    ana = people.user("ana")
    browser.sign_in_by_link(ana)

    chat = browser.send("POST", "/v1/chat/completions", CHAT)
    me = browser.send("GET", "/v1/me")
    key = browser.send("POST", "/v1/keys", {"name": "mine", "scopes": ["inference", "manage"]})

    assert chat.status_code == 200, chat.text
    assert me.json()["user"]["id"] == ana
    assert me.json()["key"]["kind"] == "session"
    assert key.status_code == 201, key.text
    assert key.json()["user_id"] == ana
    assert key.json()["expires_at"] is None
