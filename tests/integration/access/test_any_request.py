"""Requests that are made up from the API reference: nothing is answered by a crash."""

import json
from typing import Any, Final

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from app.services.audit_trail import Action
from tests.integration.access.openapi import Operation, in_place, operations, variants
from tests.integration.access.population import CALLERS
from tests.integration.access.strange import HARMLESS, NO_STRING, NO_TEXT, complaint
from tests.integration.access.world import World

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(180)]  # each asks hundreds of questions

OPERATIONS: Final = list(operations())
TRIES: Final = settings(
    max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
_IDS: Final = ("fellow", "lead", "team", "other team", "team-key", "admin-key")
_WORDS: Final = ("admin", "lead", "member", "inference", "manage", "ana@example.com", "org/*")
_MOMENTS: Final = ("2100-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")

texts = st.one_of(st.text(), st.sampled_from([*HARMLESS, *NO_TEXT, *_WORDS, *_MOMENTS]))
leaves = st.one_of(st.none(), texts, st.integers(), st.floats(), st.sampled_from(NO_STRING))
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[Operation, dict[str, Any], dict[str, Any] | None]:
    """Return an operation, a query and a body of which something is right."""
    operation = draw(st.sampled_from(OPERATIONS))
    query = {name: draw(texts) for name in operation.query if draw(st.booleans())}
    body = {name: draw(of(schema) | values) for name, schema in operation.body.items()}
    kept = {name: value for name, value in body.items() if draw(st.booleans())}
    return operation, query, kept if operation.body else None


def of(schema: Any) -> st.SearchStrategy[Any]:
    """Return values that a schema might allow."""
    found = list[st.SearchStrategy[Any]]()
    for form in variants(schema):
        if "enum" in form:
            found.append(st.sampled_from(form["enum"]))
        elif form.get("type") == "array":
            found.append(st.lists(of(form["items"]), max_size=3))
        else:
            found.append(_OF_TYPE.get(form.get("type", ""), values))
    return st.one_of(found)


_OF_TYPE: Final[dict[str, st.SearchStrategy[Any]]] = {
    "string": texts | st.sampled_from([f"{{{name}}}" for name in _IDS]),
    "boolean": st.booleans(),
    "integer": st.integers(),
    "object": st.dictionaries(texts, texts, max_size=9),
    "null": st.none(),
}


@TRIES
@given(request=requests(), caller=st.sampled_from([*CALLERS, "bootstrap"]))
def test_whatever_is_asked_has_an_answer(
    gateway: World, request: tuple[Operation, dict[str, Any], Any], caller: str
) -> None:
    gateway.populate()
    operation, query, body = request
    parameters = str(httpx2.QueryParams({name: clean(text) for name, text in query.items()}))
    path = f"{in_place(operation.path, gateway.people)}?{parameters}"
    sent = None if body is None else with_ids(gateway, body)

    state = gateway.state()
    answer = gateway.ask(caller, operation.method, path, sent)

    written = gateway.read_new_changes()
    changes = [one for one in written if one["action"] != Action.BODY_READ]  # nothing is changed
    assert answer.is_success or complaint(answer) is None, complaint(answer)
    assert len(changes) == (gateway.state() != state)
    assert answer.is_success or changes == []


def clean(text: str) -> str:
    """Return a text as a URL can carry it."""
    return text.encode(errors="replace").decode()


def with_ids(gateway: World, body: Any) -> bytes:
    """Return JSON with the ids of things that are there."""
    text = json.dumps(body)
    for name in _IDS:
        text = text.replace(f"{{{name}}}", gateway.people.ids[name])
    return text.encode()


@TRIES
@given(path=st.text(), method=st.sampled_from(["GET", "POST", "PATCH", "DELETE"]))
def test_whatever_path_is_asked_for_has_an_answer(gateway: World, path: str, method: str) -> None:
    key = gateway.people.headers["admin"]["authorization"].encode()
    for prefix in ("/", "/v1/users/", "/v1/keys/", "/static/", "/docs/assets/"):
        answer = gateway.ask_raw(method, f"{prefix}{path}", key)

        assert answer.is_success or complaint(answer) is None


@TRIES
@given(key=st.binary() | st.binary().map(b"Bearer ".__add__) | st.text().map(str.encode))
def test_no_made_up_key_opens_anything(gateway: World, key: bytes) -> None:
    answer = gateway.ask_raw("GET", "/v1/users", key)

    assert (answer.status_code, complaint(answer)) == (401, None)
