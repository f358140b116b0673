"""The texts and files in what a task is sent."""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from pydantic import BaseModel

from app.core.tasks.files import File

Part = str | File


def parts_of(value: object) -> Iterator[Part]:
    """Yield every text and file in a value, in their order. Numbers are texts of their digits."""
    match value:
        case str() | File():
            yield value
        case bool() | None:
            pass
        case int() | float():
            yield str(value)
        case BaseModel():
            yield from _parts_of_all(dict(value).values())
        case Mapping():  # a table: the names of its columns are the caller's, too
            columns = cast("Mapping[str, object]", value)
            yield from columns
            yield from _parts_of_all(columns.values())
        case list():
            yield from _parts_of_all(cast("list[object]", value))
        case _:
            pass


def _parts_of_all(values: Iterable[object]) -> Iterator[Part]:
    for value in values:
        yield from parts_of(value)
