"""Whatever is sent as a value: a clear refusal that stores nothing, or just that text stored."""

import json
from collections.abc import Iterator
from typing import Any, Final, cast
from urllib.parse import quote

import httpx2
import pytest

from tests.integration.access.openapi import Operation, in_place, operations, resolve, variants
from tests.integration.access.strange import HARMLESS, NO_STRING, NO_TEXT, complaint
from tests.integration.access.world import World

pytestmark = pytest.mark.timeout(180)  # each test asks hundreds of questions

OPERATIONS: Final = list(operations())
WITH_BODY: Final = [operation for operation in OPERATIONS if operation.body]
WITH_QUERY: Final = [operation for operation in OPERATIONS if operation.query]
WITH_PLACE: Final = [
    operation
    for operation in OPERATIONS
    if "{" in operation.path and not operation.path.startswith("/v1/models")  # any text names one
]


def texts_in(operation: Operation) -> Iterator[tuple[str, list[Any]]]:
    """Yield the fields that take a text, each with the ways to put one there: `?` is the text."""
    for name, schema in operation.body.items():
        for form in variants(schema):
            kind = form.get("type")
            if kind == "string":
                yield name, ["?"]
            elif kind == "array" and resolve(form["items"]).get("type") == "string":
                yield name, [["?"], ["fine", "?"]]
            elif kind == "object":
                yield name, [{"?": "fine"}, {"fine": "?"}]


def put(shape: Any, value: Any) -> Any:
    """Return a shape with a value in the place of each `?`."""
    if isinstance(shape, list):
        return [put(item, value) for item in cast("list[Any]", shape)]
    if isinstance(shape, dict):
        pairs = cast("dict[str, Any]", shape).items()
        return {put(key, value): put(item, value) for key, item in pairs}
    return value if shape == "?" else shape


def refused(world: World, operation: Operation, body: Any, path: str | None = None) -> str | None:
    """Say what is wrong with how a request was refused, or None."""
    asked = path or operation.path_to(world.people)
    answer = world.ask("admin", operation.method, asked, body)
    if not 400 <= answer.status_code < 500:
        return f"{operation} {str(body)[:80]!r}: {answer.status_code} {answer.text[:200]}"
    said = complaint(answer)
    return said and f"{operation} {str(body)[:80]!r}: {said}"


def nothing_changed(world: World, state: list[tuple[Any, ...]]) -> bool:
    return world.state() == state and world.read_new_changes() == []


def test_there_are_texts_to_try() -> None:
    found = {(operation.path, name) for operation in WITH_BODY for name, _ in texts_in(operation)}

    assert len(found) >= 12
    assert ("/v1/keys", "tags") in found


@pytest.mark.thorough
@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_what_is_no_text_is_refused_in_every_field(world: World, operation: Operation) -> None:
    state, valid = world.state(), operation.valid_body(world.people)
    tried = [
        valid | {name: put(shape, value)}
        for name, shapes in texts_in(operation)
        for shape in shapes
        for value in NO_TEXT
        if not may_be_empty(name, shape, value)
    ]

    assert [said for body in tried if (said := refused(world, operation, body))] == []
    assert nothing_changed(world, state)


def may_be_empty(name: str, shape: Any, value: str) -> bool:
    """Say whether a text that is empty means something: only the value of a tag."""
    return name == "tags" and shape == {"fine": "?"} and not value.strip()


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_what_is_of_another_type_is_refused_in_every_field(
    world: World, operation: Operation
) -> None:
    state, valid = world.state(), operation.valid_body(world.people)
    tried = [
        valid | {name: value}
        for name, schema in operation.body.items()
        for value in NO_STRING
        if not fits(schema, value)
    ]

    assert [said for body in tried if (said := refused(world, operation, body))] == []
    assert nothing_changed(world, state)


def fits(schema: Any, value: Any) -> bool:
    """Say whether a value is of a type that a field takes."""
    types = {form.get("type") for form in variants(schema)}
    return (
        (isinstance(value, bool) and "boolean" in types)
        or (value == 0 and "integer" in types)
        or (value in (0, 1.5) and not isinstance(value, bool) and "number" in types)
        or (value == [] and any(form.get("minItems") == 0 for form in variants(schema)))
        or (value == {} and "object" in types)
        or (value == ["a"] and "array" in types and "enum" not in str(schema))
    )


@pytest.mark.thorough
@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_a_text_like_any_other_is_stored_as_it_came_or_refused(
    world: World, operation: Operation
) -> None:
    for name, shapes in texts_in(operation):
        for value in HARMLESS:
            wanted = put(shapes[0], value)
            path, valid = operation.path_to(world.people), operation.valid_body(world.people)
            answer = world.ask("admin", operation.method, path, valid | {name: wanted})
            if answer.is_success:
                assert answer.json()[name] == wanted
                world.populate()
            else:
                assert complaint(answer) is None
                is_of_model = operation.path.startswith("/v1/admin/models")
                assert name != "name" or is_of_model, answer.text  # others may be of any letters


@pytest.mark.thorough
@pytest.mark.parametrize("operation", WITH_PLACE, ids=str)
def test_a_strange_id_is_not_found(world: World, operation: Operation) -> None:
    state, body = world.state(), operation.valid_body(world.people) if operation.body else None
    wrong = list[str]()
    for place in [part for part in operation.path.split("/") if part.startswith("{")]:
        for value in (*NO_TEXT[2:], *HARMLESS, "%", "%2F", "a/b", "x" * 30_000):
            text = quote(value, safe="", errors="surrogatepass")
            path = in_place(operation.path.replace(place, text), world.people)
            said = ".." not in value and refused(world, operation, body, path)
            wrong += [said] if said else []  # a client takes dots out: they are tried below

    assert wrong == []
    assert nothing_changed(world, state)


@pytest.mark.thorough
@pytest.mark.parametrize("operation", WITH_QUERY, ids=str)
def test_a_strange_filter_finds_nothing_or_is_refused(world: World, operation: Operation) -> None:
    wrong = list[str]()
    for name in operation.query:
        for value in (*NO_TEXT, *HARMLESS, "9" * 5_000, "-1", "1e9", "0001-01-01T00:00:00+14:00"):
            text = quote(value, safe="", errors="surrogatepass")
            path = f"{operation.path_to(world.people)}?{name}={text}"
            answer = world.ask("admin", operation.method, path)
            said = complaint(answer) if answer.is_error else shows_another(answer, name, value)
            wrong += [f"{path[:100]}: {said}"] if said else []

    assert wrong == []


def holds(shown: Any, value: str) -> bool:
    """Say whether a value is somewhere in what is shown."""
    if isinstance(shown, dict):
        return any(holds(item, value) for item in cast("dict[str, Any]", shown).values())
    if isinstance(shown, list):
        return any(holds(item, value) for item in cast("list[Any]", shown))
    return bool(shown == value)


def shows_another(answer: httpx2.Response, name: str, value: str) -> str | None:
    """Complain of a list with something that a filter by a strange text had to leave out."""
    if name in {"since", "until", "limit", "with_history"}:
        return None
    shown = answer.json()
    rows = [*shown.get("data", ()), *([shown] if shown.get("calls") else ())]
    others = [row for row in rows if not holds(row, value)]  # a model may have such a name
    return f"shows {others}" if others else None


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_ten_megabytes_are_refused_in_few_words(world: World, operation: Operation) -> None:
    state, valid = world.state(), operation.valid_body(world.people)
    name, shapes = next(texts_in(operation), ("overlap_hours", ["?"]))
    limit = world.container.settings.max_body_bytes

    for length, status in ((limit - 1000, 400), (limit + 1, 413)):
        body = json.dumps(valid | {name: put(shapes[0], "x" * length)}).encode()
        answer = world.ask("admin", operation.method, operation.path_to(world.people), body)
        assert (answer.status_code, complaint(answer)) == (status, None)
    assert nothing_changed(world, state)


@pytest.mark.parametrize("operation", WITH_PLACE, ids=str)
def test_dots_lead_nowhere(world: World, operation: Operation) -> None:
    state, key = world.state(), world.people.headers["admin"]["authorization"].encode()
    for place in [part for part in operation.path.split("/") if part.startswith("{")]:
        for dots in ("..", ".", "../..", "..\\..", "../users", "\x00"):
            path = in_place(operation.path.replace(place, dots), world.people)
            answer = world.ask_raw(operation.method, path, key)

            assert answer.status_code in {400, 404, 405}, path
            assert complaint(answer) is None
    assert nothing_changed(world, state)


def test_ten_megabytes_of_path_are_refused(world: World) -> None:
    key = world.people.headers["admin"]["authorization"].encode()

    answer = world.ask_raw("GET", "/v1/users/" + "x" * 10 * 1024 * 1024, key)

    assert (answer.status_code, complaint(answer)) == (431, None)


@pytest.mark.parametrize("operation", WITH_BODY, ids=str)
def test_what_is_no_json_object_is_refused(world: World, operation: Operation) -> None:
    state = world.state()
    bodies = (
        *(b"\x00", b"{", b"[]", b"null", b'"x"', b"7", b"\xff\xfe{}", b"{}" * 2),
        *(b'{"name": "\xed\xa0\x80"}', b'{"name": ' + b"9" * 5_000 + b"}", b"[" * 100_000),
        *(b'{"name": 1e999}', b'{"name": NaN}', b'{"\\ud800": 1}', b'{"name": "\\u0000"}'),
    )

    assert [said for body in bodies if (said := refused(world, operation, body))] == []
    assert nothing_changed(world, state)
