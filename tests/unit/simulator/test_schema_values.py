"""The values made for a JSON Schema are valid, whatever the schema."""

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from pydantic import JsonValue

from app.simulator.json_schema.checks import is_valid
from app.simulator.json_schema.keywords import Document, SchemaError
from app.simulator.json_schema.values import smallest_value
from tests.unit.simulator.json_schemas import JsonObject, satisfiable, values, wild

_SETTINGS = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def assert_valid(value: JsonValue, schema: JsonValue) -> None:
    checker = Draft202012Validator.FORMAT_CHECKER
    Draft202012Validator(schema, format_checker=checker).validate(value)  # type: ignore[arg-type]


@_SETTINGS
@given(satisfiable())
def test_every_schema_that_people_write_gets_a_valid_value(schema: JsonObject) -> None:
    assert_valid(smallest_value(schema), schema)


@_SETTINGS
@given(wild())
def test_any_schema_gets_a_valid_value_or_a_refusal(schema: JsonValue) -> None:
    with suppress(SchemaError):
        assert_valid(smallest_value(schema), schema)


@_SETTINGS
@given(wild(), values())
def test_the_check_agrees_with_the_jsonschema_package(schema: JsonValue, value: JsonValue) -> None:
    theirs = Draft202012Validator(schema).is_valid(value)  # type: ignore[arg-type]
    assert is_valid(value, schema, Document(schema)) is theirs
