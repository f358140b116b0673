"""Models that are made over the API: in force at once, over the upstreams of the file."""

from collections.abc import Generator
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig
from app.db import schema
from app.db.repositories.people import People
from app.main import create_app
from app.models.models import ModelRow
from app.services.container import Container
from tests.conftest import ADMIN_KEY
from tests.support.people import People as Persons

MODELS = "/v1/admin/models"
PRICED = {"upstream": "one", "model": "a", "price": {"input": 1, "output": 2}}
ONE = {"kind": "openai", "base_url": "http://127.0.0.1:9/v1"}
GATEWAY = {
    "upstreams": {"one": ONE, "two": ONE},
    "models": {"of-file": {"targets": [PRICED]}},
    "default_model": "of-file",
}
TARGETS = [
    {"upstream": "one", "model": "b", "weight": 3},
    {"upstream": "two", "model": "c", "priority": 1, "timeouts": {"first_byte_seconds": 9}},
]


@pytest.fixture
def client(settings: Settings) -> Generator[TestClient]:
    schema.upgrade(settings.data_dir)
    app = create_app(settings, GatewayConfig.model_validate(GATEWAY))
    with TestClient(app, headers={"authorization": f"Bearer {ADMIN_KEY}"}) as client:
        yield client


def make(client: TestClient, name: str = "team/chat", **more: Any) -> Any:
    return client.post(MODELS, json={"name": name, "targets": TARGETS, **more})


def callable_names(client: TestClient) -> list[str]:
    return [one["id"] for one in client.get("/v1/models").json()["data"]]


def test_the_list_names_the_model_of_calls_that_name_none(client: TestClient) -> None:
    make(client)
    people = Persons(client)
    narrow = people.key(people.user("ana"), allowed_models=["team/*"])

    listed = client.get("/v1/models").json()
    seen = client.get("/v1/models", headers=narrow.headers).json()

    assert listed["default_model"] == "of-file"
    assert seen["default_model"] is None


def test_a_model_is_made_seen_changed_and_deleted(client: TestClient) -> None:
    made = make(client, strategy="fastest", context=4_096)
    assert made.status_code == 201
    seen = client.get(f"{MODELS}/team/chat").json()
    assert seen == made.json()
    assert (seen["name"], seen["source"], seen["strategy"]) == ("team/chat", "api", "fastest")
    assert [one["weight"] for one in seen["targets"]] == [3, 1]
    assert seen["targets"][1]["timeouts"]["first_byte_seconds"] == 9
    assert "team/chat" in callable_names(client)

    changed = client.patch(f"{MODELS}/team/chat", json={"strategy": "sticky"}).json()
    assert (changed["strategy"], changed["context"]) == ("sticky", 4_096)
    assert changed["targets"] == seen["targets"]
    targets = client.patch(f"{MODELS}/team/chat", json={"targets": TARGETS[:1]}).json()["targets"]
    assert len(targets) == 1

    assert client.patch(f"{MODELS}/team/chat", json={"targets": None}).status_code in {400, 422}
    assert client.delete(f"{MODELS}/team/chat").status_code == 204
    assert client.get(f"{MODELS}/team/chat").status_code == 404
    assert "team/chat" not in callable_names(client)
    log = client.get("/v1/admin/audit-log").json()["data"]
    assert [row["action"] for row in reversed(log)] == [
        "model.create",
        "model.update",
        "model.update",
        "model.delete",
    ]
    assert log[0]["before"]["targets"][0]["model"] == "b"


def test_what_the_file_defines_is_the_files(client: TestClient) -> None:
    answers = [
        make(client, "of-file"),
        client.patch(f"{MODELS}/of-file", json={"strategy": "sticky"}),
        client.delete(f"{MODELS}/of-file"),
    ]
    for answer in answers:
        assert answer.status_code == 409
        assert (
            "is defined in meterhouse.toml, which goes first" in answer.json()["error"]["message"]
        )
    listed = client.get(MODELS).json()["data"]
    assert [(one["name"], one["source"]) for one in listed] == [("of-file", "meterhouse.toml")]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"targets": [TARGETS[0], {"upstream": "three", "model": "x"}]}, "targets[1].upstream"),
        ({"targets": [TARGETS[0], TARGETS[1] | {"weight": 0}]}, "targets"),
        ({"targets": [TARGETS[0], TARGETS[0]]}, "targets"),
        ({"targets": []}, "targets"),
        ({"targets": [PRICED]}, "targets"),
        ({"targets": [TARGETS[0] | {"base_url": "http://evil.test"}]}, "targets"),
        ({"targets": [TARGETS[0] | {"token": "sk-x"}]}, "targets"),
        ({"strategy": "weigted"}, "strategy"),
        ({"name": "a b"}, "name"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(
    client: TestClient, more: dict[str, Any], param: str
) -> None:
    answer = make(client, **more)
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["param"].startswith(param)
    assert "team/chat" not in callable_names(client)


def test_a_name_is_given_once(client: TestClient) -> None:
    make(client)
    answer = make(client)
    assert answer.status_code == 409
    assert "`PATCH /v1/admin/models/team/chat`" in answer.json()["error"]["message"]


def test_what_was_made_is_there_after_a_restart_as_far_as_its_upstreams_are(
    settings: Settings,
) -> None:
    schema.upgrade(settings.data_dir)
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    with TestClient(create_app(settings, GatewayConfig.model_validate(GATEWAY))) as client:
        client.headers.update(headers)
        assert make(client).status_code == 201
        assert make(client, "gone", targets=TARGETS[:1]).status_code == 201
    only = GatewayConfig.model_validate({"upstreams": {"two": ONE}})
    with TestClient(create_app(settings, only), headers=headers) as again:
        listed = {one["id"]: one["owned_by"] for one in again.get("/v1/models").json()["data"]}
    assert listed == {"team/chat": "two"}


async def test_what_another_process_stores_is_followed(settings: Settings) -> None:
    schema.upgrade(settings.data_dir)
    app = create_app(settings, GatewayConfig.model_validate(GATEWAY))
    async with app.router.lifespan_context(app) as state:
        container = cast("Container", (state or {})["container"])
        row = ModelRow(name="other", config={"targets": TARGETS}, created_at_ms=1, updated_at_ms=1)
        async with container.database.transaction() as session:
            await People(session).models.add(row)
        assert container.made_models.live.of_file.keys() == {"of-file"}
        await container.made_models.follow_change()
        names = [one["id"] for one in await container.models.list_models()]
        assert "other" in names
