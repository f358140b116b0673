"""Who am I?"""

from fastapi.testclient import TestClient

from tests.support.people import People


def test_a_users_key_knows_its_user_and_teams(client: TestClient, people: People) -> None:
    ana = people.user("ana")
    beta, alpha = people.team("beta", **{ana: "lead"}), people.team("alpha", **{ana: "member"})
    key = people.key(ana, team_id=alpha, scopes=("inference",), allowed_models=["org/*"])

    answer = client.get("/v1/me", headers=key.headers)

    assert answer.status_code == 200
    assert answer.json() == {
        "user": client.get(f"/v1/users/{ana}").json(),
        "key": {
            "id": key.id,
            "name": "a key",
            "kind": "user",
            "scopes": ["inference"],
            "team_id": alpha,
            "allowed_models": ["org/*"],
            "tags": {},
            "expires_at": None,
        },
        "is_admin": False,
        "teams": [
            {"id": alpha, "name": "alpha", "role": "member"},
            {"id": beta, "name": "beta", "role": "lead"},
        ],
        "budgets": [],
        "limits": [],
    }


def test_a_service_key_is_a_lead_of_its_team(client: TestClient, people: People) -> None:
    team = people.team("ours")
    headers = people.key(team_id=team, scopes=("manage",)).headers

    me = client.get("/v1/me", headers=headers).json()

    assert me["user"] is None
    assert me["key"]["kind"] == "service"
    assert me["teams"] == [{"id": team, "name": "ours", "role": "lead"}]


def test_the_bootstrap_key_is_an_admin_and_nobody(client: TestClient) -> None:
    me = client.get("/v1/me").json()

    assert (me["user"], me["is_admin"], me["teams"]) == (None, True, [])
    assert (me["key"]["id"], me["key"]["kind"]) == ("bootstrap", "bootstrap")


def test_without_a_key_there_is_no_answer(client: TestClient) -> None:
    assert client.get("/v1/me", headers={"authorization": ""}).status_code == 401
