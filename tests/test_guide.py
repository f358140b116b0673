"""The founding guide's own test, word for word, and the names it gives."""

# fmt: off
from fastapi.testclient import TestClient
from app.main import app
client = TestClient(app)

def test_health():
    r = client.get("/health")
    assert r.status_code == 200
# fmt: on


import inspect

import pytest
from httpx2 import Response

from app.api.errors import ErrorBody, HfErrorBody, is_hf_style
from app.services.providers.huggingface.service import HFService
from tests.architecture import rules
from tests.architecture.served import served_by

test_health = pytest.mark.keeps(rules.TEST_CLIENT)(test_health)

NEEDS_NO_START = {"/health", "/", "/static/{path:path}", "/docs/assets/{name}"}


@pytest.mark.keeps(rules.TEST_CLIENT, rules.TESTS_FOR)
@pytest.mark.parametrize(
    "route",
    [route.name for route in served_by(app) if route.name.split()[1] not in NEEDS_NO_START],
)
def test_every_other_route_is_a_clean_503_before_the_start(route: str) -> None:
    method, path = route.split()

    answer = client.request(method, path.replace("{model_id:path}", "a/b"), json=None)

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/json"
    if method != "HEAD":
        assert "not ready yet" in message_of(answer)


def message_of(answer: Response) -> str:
    """Return what a refusal says, in the form of its route."""
    if is_hf_style({"path": answer.request.url.path}):
        return HfErrorBody.model_validate_json(answer.content).error
    error = ErrorBody.model_validate_json(answer.content).error
    assert error.code == "not_ready"
    return error.message


@pytest.mark.keeps(rules.CLEAR_SERVICES)
def test_the_services_of_the_guide_have_their_names() -> None:
    generate = inspect.signature(HFService.generate)

    assert list(generate.parameters) == ["self", "payload"]
    assert inspect.iscoroutinefunction(HFService.generate)
