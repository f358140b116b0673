"""Says whether a value is valid against a JSON Schema (draft 2020-12, formats left aside)."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from pydantic import JsonValue

from app.simulator.json_schema.keywords import (
    Document,
    Schema,
    SchemaError,
    compiled,
    count_of,
    is_true,
    list_of,
    names_of,
    number_of,
    table_of,
    text_of,
    texts,
    types_of,
)

Check = Callable[[JsonValue, Schema, Document], bool]


def is_valid(value: JsonValue, schema: JsonValue, document: Document) -> bool:
    """Return whether a schema accepts a value.

    Raises:
        SchemaError: the schema is malformed.
    """
    if is_true(schema) or not isinstance(schema, dict):
        return schema is True
    return all(check(value, schema, document) for name, check in _CHECKS.items() if name in schema)


def same(one: JsonValue, other: JsonValue) -> bool:
    """Return whether two values are equal as JSON: 1 is 1.0, but true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one == other


def are_distinct(values: list[JsonValue]) -> bool:
    """Return whether no two values are equal as JSON."""
    return not any(same(one, two) for at, one in enumerate(values) for two in values[:at])


def is_multiple(value: float, step: float) -> bool:
    """Return whether a number is a multiple, counted exactly and as binary floats alike."""
    if step <= 0:
        raise SchemaError(f"multipleOf must be above 0, not {step!r}.")
    if Fraction(str(value)) % Fraction(str(step)):
        return False
    quotient = value / step
    return math.isfinite(quotient) and quotient == int(quotient)


def _type(value: JsonValue, schema: Schema, _: Document) -> bool:
    names = types_of(schema)
    for name in names:
        if name not in _TYPES:
            raise SchemaError(f"type {name!r} is unknown.")
    return any(_TYPES[name](value) for name in names)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: JsonValue) -> bool:
    return _is_number(value) and isinstance(value, int | float) and value == value // 1


_TYPES: Final[dict[str, Callable[[JsonValue], bool]]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": _is_number,
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def _number(keyword: str, holds: Callable[[float, float], bool]) -> Check:
    def check(value: JsonValue, schema: Schema, _: Document) -> bool:
        bound = number_of(schema, keyword)
        if bound is None or isinstance(value, bool) or not isinstance(value, int | float):
            return True
        return holds(value, bound)

    return check


def _size(keyword: str, kind: type, holds: Callable[[int, int], bool]) -> Check:
    def check(value: JsonValue, schema: Schema, _: Document) -> bool:
        bound = count_of(schema, keyword)
        if not isinstance(value, kind) or not isinstance(value, str | list | dict):
            return True
        return holds(len(value), bound)

    return check


def _enum(value: JsonValue, schema: Schema, _: Document) -> bool:
    return any(same(value, one) for one in list_of(schema, "enum"))


def _const(value: JsonValue, schema: Schema, _: Document) -> bool:
    return same(value, schema["const"])


def _pattern(value: JsonValue, schema: Schema, _: Document) -> bool:
    pattern = compiled(text_of(schema, "pattern") or "")
    return not isinstance(value, str) or pattern.search(value) is not None


def _items(value: JsonValue, schema: Schema, document: Document) -> bool:
    if not isinstance(value, list):
        return True
    rest = value[len(list_of(schema, "prefixItems")) :]
    return all(is_valid(one, schema["items"], document) for one in rest)


def _prefix_items(value: JsonValue, schema: Schema, document: Document) -> bool:
    first = list_of(schema, "prefixItems")
    if not isinstance(value, list):
        return True
    return all(is_valid(*pair, document) for pair in zip(value, first, strict=False))


def _contains(value: JsonValue, schema: Schema, document: Document) -> bool:
    if not isinstance(value, list):
        return True
    hits = sum(is_valid(one, schema["contains"], document) for one in value)
    most = count_of(schema, "maxContains", default=len(value))
    return count_of(schema, "minContains", default=1) <= hits <= most


def _unique_items(value: JsonValue, schema: Schema, _: Document) -> bool:
    return schema["uniqueItems"] is not True or not isinstance(value, list) or are_distinct(value)


def _required(value: JsonValue, schema: Schema, _: Document) -> bool:
    names = names_of(schema, "required")
    return not isinstance(value, dict) or all(name in value for name in names)


def _properties(value: JsonValue, schema: Schema, document: Document) -> bool:
    known = table_of(schema, "properties")
    if not isinstance(value, dict):
        return True
    return all(is_valid(value[name], known[name], document) for name in known if name in value)


def _pattern_properties(value: JsonValue, schema: Schema, document: Document) -> bool:
    known = table_of(schema, "patternProperties")
    if not isinstance(value, dict):
        return True
    return all(
        is_valid(value[name], inner, document)
        for pattern, inner in known.items()
        for name in value
        if compiled(pattern).search(name)
    )


def is_declared(name: str, schema: Schema) -> bool:
    """Return whether `properties` or `patternProperties` speak of a name."""
    patterns = table_of(schema, "patternProperties")
    return name in table_of(schema, "properties") or any(
        compiled(pattern).search(name) for pattern in patterns
    )


def _additional_properties(value: JsonValue, schema: Schema, document: Document) -> bool:
    if not isinstance(value, dict):
        return True
    return all(
        is_valid(value[name], schema["additionalProperties"], document)
        for name in value
        if not is_declared(name, schema)
    )


def _property_names(value: JsonValue, schema: Schema, document: Document) -> bool:
    if not isinstance(value, dict):
        return True
    return all(is_valid(name, schema["propertyNames"], document) for name in value)


def _dependent_required(value: JsonValue, schema: Schema, _: Document) -> bool:
    wanted = table_of(schema, "dependentRequired")
    if not isinstance(value, dict):
        return True
    return all(
        needed in value
        for name, needs in wanted.items()
        if name in value
        for needed in texts(needs, "dependentRequired")
    )


def _dependent_schemas(value: JsonValue, schema: Schema, document: Document) -> bool:
    wanted = table_of(schema, "dependentSchemas")
    if not isinstance(value, dict):
        return True
    return all(is_valid(value, wanted[name], document) for name in wanted if name in value)


def _ref(value: JsonValue, schema: Schema, document: Document) -> bool:
    return is_valid(value, document.resolve(text_of(schema, "$ref") or ""), document)


def _all_of(value: JsonValue, schema: Schema, document: Document) -> bool:
    return all(is_valid(value, one, document) for one in list_of(schema, "allOf"))


def _any_of(value: JsonValue, schema: Schema, document: Document) -> bool:
    return any(is_valid(value, one, document) for one in list_of(schema, "anyOf"))


def _one_of(value: JsonValue, schema: Schema, document: Document) -> bool:
    return sum(is_valid(value, one, document) for one in list_of(schema, "oneOf")) == 1


def _not(value: JsonValue, schema: Schema, document: Document) -> bool:
    return not is_valid(value, schema["not"], document)


def _if(value: JsonValue, schema: Schema, document: Document) -> bool:
    branch = "then" if is_valid(value, schema["if"], document) else "else"
    return is_valid(value, schema.get(branch, True), document)


_CHECKS: Final[dict[str, Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _number("minimum", lambda value, bound: value >= bound),
    "maximum": _number("maximum", lambda value, bound: value <= bound),
    "exclusiveMinimum": _number("exclusiveMinimum", lambda value, bound: value > bound),
    "exclusiveMaximum": _number("exclusiveMaximum", lambda value, bound: value < bound),
    "multipleOf": _number("multipleOf", is_multiple),
    "minLength": _size("minLength", str, lambda size, bound: size >= bound),
    "maxLength": _size("maxLength", str, lambda size, bound: size <= bound),
    "pattern": _pattern,
    "minItems": _size("minItems", list, lambda size, bound: size >= bound),
    "maxItems": _size("maxItems", list, lambda size, bound: size <= bound),
    "uniqueItems": _unique_items,
    "items": _items,
    "prefixItems": _prefix_items,
    "contains": _contains,
    "minProperties": _size("minProperties", dict, lambda size, bound: size >= bound),
    "maxProperties": _size("maxProperties", dict, lambda size, bound: size <= bound),
    "required": _required,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
}
