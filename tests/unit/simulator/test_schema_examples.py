"""What values some schemas get, and why others get none."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import pytest
from pydantic import AnyUrl, BaseModel, Field, JsonValue

from app.simulator.json_schema.keywords import SchemaError
from app.simulator.json_schema.scalars import FORMATS, MARK
from app.simulator.json_schema.values import smallest_value
from tests.unit.simulator.json_schemas import JsonObject

NODE: JsonObject = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
        "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
    },
    "required": ["name", "next", "children"],
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (True, MARK),
        ({}, MARK),
        ({"type": "string"}, MARK),
        ({"type": "string", "minLength": 14}, "[simulator]..."),
        ({"type": "string", "maxLength": 4}, "[sim"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
        ({"type": "integer", "minimum": 10, "multipleOf": 7}, 14),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 0.5),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": None}, None),
        ({"type": ["null", "string"]}, None),
        ({"required": ["a"]}, {"a": MARK}),
        ({"type": "object", "properties": {"a": {}}}, {}),
        ({"minimum": 1}, 1),
        ({"type": "array", "items": {"type": "boolean"}}, []),
        (
            {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True},
            [False, True],
        ),
        ({"type": "array", "contains": {"const": 3}}, [3]),
        ({"$ref": "#/allOf/0", "allOf": [{"const": 3}]}, 3),
        ({"type": "number", "exclusiveMinimum": 0.1, "maximum": 0.2}, 0.15000000000000002),
        ({"type": "number", "exclusiveMaximum": -0.5}, -1),
        ({"type": "number", "minimum": 0.5, "maximum": 0.5}, 0.5),
        ({"type": "array", "prefixItems": [{"const": 1}, {"const": 2}], "minItems": 2}, [1, 2]),
        ({"required": ["a"], "dependentRequired": {"a": ["b"]}}, {"a": MARK, "b": MARK}),
        ({"allOf": [{"minimum": 2}, {"maximum": 2}], "type": "integer"}, 2),
        ({"type": "string", "pattern": "^[A-Z]{3}-\\d{2,}(x|y)?$"}, "AAA-00"),
        (
            {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
            {"name": MARK, "next": None, "children": []},
        ),
        ({"if": {"type": "string"}, "then": {"minLength": 12}}, "[simulator]."),
        ({"type": "object", "propertyNames": {"pattern": "^k"}, "minProperties": 1}, {"k": MARK}),
    ],
)
def test_the_plainest_value_is_taken(schema: JsonValue, value: JsonValue) -> None:
    assert smallest_value(schema) == value


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (False, "finds no value"),
        ({"type": "integer", "minimum": 2, "maximum": 1}, "finds no value"),
        ({"type": "object", "required": ["a"], "additionalProperties": False}, "finds no value"),
        ({"type": "string", "pattern": r"^(?=x)y$"}, "finds no value"),
        ({"$ref": "#"}, "finds no value"),
        ({"type": "text"}, "type 'text' is unknown"),
        ({"type": 3}, "type must be a list"),
        ({"type": "string", "minLength": -1}, "minLength must be a whole number from 0"),
        ({"type": "string", "minLength": 10**9}, "minLength is over what the simulator makes"),
        ({"type": "array", "minItems": 10**9}, "lists of 10000 items at most"),
        ({"type": "object", "minProperties": 10**9}, "objects of 10000 properties at most"),
        ({"type": "number", "minimum": "1"}, "minimum must be a number, not '1'"),
        ({"type": "number", "multipleOf": 0}, "multipleOf must be above 0"),
        ({"type": "string", "pattern": "("}, "The pattern '(' is not understood"),
        ({"type": "string", "pattern": 1}, "pattern must be a text"),
        ({"required": "a"}, "required must be a list"),
        ({"required": [1]}, "required must list texts"),
        ({"properties": []}, "properties must be an object"),
        ({"anyOf": [3]}, "A schema must be an object, true or false, not 3"),
        ({"$ref": "https://example.com/s.json"}, "does not point into the schema itself"),
        ({"$ref": "#/$defs/Gone"}, "points at nothing"),
        ({"$ref": "#/anyOf/7", "anyOf": [True]}, "points at nothing"),
        ([], "A schema must be an object"),
    ],
)
def test_a_schema_that_cannot_be_obeyed_is_refused_with_its_reason(
    schema: JsonValue, message: str
) -> None:
    with pytest.raises(SchemaError, match=re.escape(message)):
        smallest_value(schema)


def test_a_schema_that_only_recurses_ends_with_a_refusal() -> None:
    endless: JsonObject = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}}
    with pytest.raises(SchemaError, match="finds no value"):
        smallest_value(endless)
    again: list[JsonValue] = [{"$ref": "#"}] * 3
    properties: JsonObject = {name: {"anyOf": again} for name in "ab"}
    wide: JsonObject = {**endless, "required": ["a", "b"], "properties": properties}
    with pytest.raises(SchemaError, match="too complex"):
        smallest_value(wide)


def test_a_check_that_recurses_without_an_end_is_refused() -> None:
    with pytest.raises(SchemaError, match="refers to itself without an end"):
        smallest_value({"not": {"$ref": "#/$defs/A"}, "$defs": {"A": {"$ref": "#/$defs/A"}}})


class Colour(StrEnum):
    RED = "red"


class Point(BaseModel):
    x: Annotated[float, Field(gt=0, lt=1)]
    y: Annotated[int, Field(multiple_of=5, ge=12)]


class Order(BaseModel):
    id: UUID
    at: datetime
    day: date
    url: AnyUrl
    colour: Colour
    kind: Literal["a"]
    price: Decimal
    code: Annotated[str, Field(pattern="^[A-Z]{2}[0-9]{4}$")]
    name: Annotated[str, Field(min_length=20, max_length=22)]
    points: Annotated[list[Point], Field(min_length=2)]
    pair: tuple[int, str]
    by_name: dict[str, Point]
    parent: "Order | None"


def test_pydantic_accepts_the_value_for_its_own_schema() -> None:
    order = Order.model_validate(smallest_value(Order.model_json_schema()))
    assert order.parent is None
    assert len(order.points) == 2


@pytest.mark.parametrize("form", sorted({*FORMATS} - {"byte"}))
def test_a_list_of_unique_texts_of_a_format_can_be_made(form: str) -> None:
    items: JsonObject = {"type": "string", "format": form}
    made = smallest_value({"type": "array", "items": items, "minItems": 3, "uniqueItems": True})
    assert isinstance(made, list)
    assert len(made) == 3


def test_times_are_in_the_form_of_rfc_3339() -> None:
    made = smallest_value({"type": "string", "format": "date-time"})
    assert isinstance(made, str)
    assert datetime.fromisoformat(made).tzinfo is not None
