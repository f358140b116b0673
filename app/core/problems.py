"""Turns what a strict model refuses into one line a problem."""

import re
from collections.abc import Callable, Collection
from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.utils.nearest import nearest

_WORDS: Final = {
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "dict_type": "must be a table",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "missing": "is missing",
    "model_type": "must be a table",
    "string_type": "must be a text in quotes",
}

Location = tuple[int | str, ...]


def describe(error: ErrorDetails, *, known: Collection[str] = ()) -> str:
    """Say what is wrong with one field; `known` are the names allowed beside it."""
    match error:
        case {"type": "extra_forbidden", "loc": [*_, name]}:
            return unknown("field", known, nearest(str(name), known))
        case {"type": "literal_error" | "enum", "ctx": {"expected": str(allowed)}, "input": given}:
            meant = nearest(str(given), re.findall(r"'([^']+)'", allowed))
            return f"must be {allowed}" + (f", did you mean '{meant}'?" if meant else "")
        case {"type": "value_error", "ctx": {"error": reason}}:
            return str(reason)
        case {"type": "too_short", "ctx": {"min_length": int(least)}}:
            return f"must have at least {least} characters"
        case _:
            plain = re.sub(r"^(Input|String|Value|List) should (be|have)", r"must \2", error["msg"])
            return _WORDS.get(error["type"], plain)


def unknown(what: str, known: Collection[str], meant: str | None) -> str:
    """Say that a name is unknown, and which one was probably meant."""
    if meant is not None:
        return f"unknown {what}, did you mean {meant}?"
    return f"unknown {what}, known are {', '.join(sorted(known))}"


def dotted(location: Location) -> str:
    """Write a location as `models.small.targets[0].upstream`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")


def lines_of(
    error: ValidationError,
    *,
    name: Callable[[Location], str],
    known: Callable[[Location], list[str]],
) -> list[str]:
    """Return one line for every problem of a model, leaving out what follows from a misspelling."""
    details = error.errors(include_url=False, include_input=True)
    explained = {
        (*one["loc"][:-1], nearest(str(one["loc"][-1]), known(one["loc"][:-1])))
        for one in details
        if one["type"] == "extra_forbidden"
    }
    return [
        f"{name(one['loc'])}: {describe(one, known=known(one['loc'][:-1]))}"
        for one in details
        if not (one["type"] == "missing" and one["loc"] in explained)
    ]
