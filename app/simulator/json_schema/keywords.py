"""Reads a JSON Schema's keywords with their types, and follows its references.

The schemas come from callers, so nothing about their shape is taken for granted.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from pydantic import JsonValue

MAX_STEPS: Final = 20_000


class SchemaError(ValueError):
    """The schema is malformed, cannot be satisfied, or is beyond this simulator."""


class Document:
    """A whole schema: what references point into, and how much work it has caused."""

    def __init__(self, root: JsonValue) -> None:
        """Start at the root, with no work done."""
        self._root = root
        self._steps = 0

    def count_step(self) -> None:
        """Count one piece of work.

        Raises:
            SchemaError: it was one too many.
        """
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise SchemaError("The schema is too complex for the simulator.")

    def resolve(self, reference: str) -> JsonValue:
        """Return the schema behind a reference such as `#/$defs/Point`.

        Raises:
            SchemaError: it points outside of this document, or at nothing.
        """
        self.count_step()
        if not (reference == "#" or reference.startswith("#/")):
            raise SchemaError(f"$ref {reference!r} does not point into the schema itself.")
        found = self._root
        for part in unquote(reference).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, dict) and name in found:
                found = found[name]
            elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                raise SchemaError(f"$ref {reference!r} points at nothing.")
        return found


Schema = Mapping[str, JsonValue]


def is_true(schema: JsonValue) -> bool:
    """Return whether a schema accepts everything by being `true`.

    Raises:
        SchemaError: it is neither an object nor a boolean.
    """
    if not isinstance(schema, bool | dict):
        raise SchemaError(f"A schema must be an object, true or false, not {schema!r}.")
    return schema is True


def number_of(schema: Schema, keyword: str) -> int | float | None:
    """Return a numeric keyword, or None where it is not there."""
    value = schema.get(keyword)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SchemaError(f"{keyword} must be a number, not {value!r}.")
    return value


def count_of(schema: Schema, keyword: str, default: int = 0) -> int:
    """Return a keyword that counts something."""
    value = number_of(schema, keyword)
    if value is None:
        return default
    if value < 0 or value != int(value):
        raise SchemaError(f"{keyword} must be a whole number from 0, not {value!r}.")
    return int(value)


def list_of(schema: Schema, keyword: str) -> list[JsonValue]:
    """Return a keyword that is a list; an absent one is empty."""
    value = schema.get(keyword, [])
    if not isinstance(value, list):
        raise SchemaError(f"{keyword} must be a list, not {value!r}.")
    return value


def table_of(schema: Schema, keyword: str) -> dict[str, JsonValue]:
    """Return a keyword that is an object; an absent one is empty."""
    value = schema.get(keyword, {})
    if not isinstance(value, dict):
        raise SchemaError(f"{keyword} must be an object, not {value!r}.")
    return value


def text_of(schema: Schema, keyword: str) -> str | None:
    """Return a keyword that is a text, or None where it is not there."""
    value = schema.get(keyword)
    if value is not None and not isinstance(value, str):
        raise SchemaError(f"{keyword} must be a text, not {value!r}.")
    return value


def names_of(schema: Schema, keyword: str) -> list[str]:
    """Return a keyword that lists names."""
    return texts(list_of(schema, keyword), keyword)


def types_of(schema: Schema) -> list[str]:
    """Return the names in `type`, which may be one or a list; none where it is absent."""
    value = schema.get("type", [])
    return [value] if isinstance(value, str) else names_of(schema, "type")


def texts(values: JsonValue, keyword: str) -> list[str]:
    """Return the values of a list that must all be texts."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise SchemaError(f"{keyword} must list texts, not {values!r}.")
    return [value for value in values if isinstance(value, str)]


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a pattern ready to search with.

    Raises:
        SchemaError: it is no regular expression that Python knows.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise SchemaError(f"The pattern {pattern!r} is not understood: {error}.") from error
