"""Looking into JSON that somebody else wrote, with types, and writing it again."""

import json
from typing import Any

from pydantic_core import to_json

JsonObject = dict[str, Any]


# `cast` would be a call for each value, and calls look into hundreds of them: hence no types below.


def object_in(value: object) -> JsonObject:
    """Return a value that is an object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def objects_in(value: object) -> list[JsonObject]:
    """Return those items of a list that are objects."""
    if not isinstance(value, list):
        return []
    return [item for item in value if isinstance(item, dict)]  # pyright: ignore[reportUnknownVariableType]


def encoded(value: object) -> bytes:
    """Return a value that was read from JSON as JSON again."""
    try:
        return to_json(value)
    except ValueError:  # half a surrogate pair, which JSON can escape and UTF-8 cannot hold
        return json.dumps(value).encode()
