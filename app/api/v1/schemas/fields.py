"""Fields that several wire forms share."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Final, cast

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
)
from pydantic_core import PydanticKnownError

from app.core.clock import from_epoch_ms
from app.services.key_editor import MAX_TAGS

_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")


def printable(text: str) -> str:
    """Refuse line breaks, and all that cannot be seen or written down.

    Raises:
        ValueError: the text holds some.
    """
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _without_equals(name: str) -> str:
    """Refuse a name that `name=value` could not be taken apart again with."""
    if "=" in name:
        raise ValueError("must be without `=`, which ends the name of a tag")
    return name


def _address(text: str) -> str:
    """Return an address as it is stored: the same person is never two users."""
    if _ADDRESS.fullmatch(text) is None:
        raise ValueError("must be an e-mail address, like ana@example.com")
    return unicodedata.normalize("NFC", text).lower()


Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(printable),
]
PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(printable),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(printable),
    AfterValidator(_address),
    Field(description="An e-mail address, in whatever case. No two users have the same."),
]
TagName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64),
    AfterValidator(printable),
    AfterValidator(_without_equals),
]
TagValue = Annotated[str, StringConstraints(max_length=256), AfterValidator(printable)]


def _are_few(value: object) -> object:
    """Refuse countless tags before each of them is looked at."""
    tags = cast("dict[object, object]", value) if isinstance(value, dict) else {}
    if len(tags) > MAX_TAGS:
        told = {"field_type": "Dictionary", "max_length": MAX_TAGS, "actual_length": len(tags)}
        raise PydanticKnownError("too_long", told)
    return cast("object", value)


Tags = Annotated[dict[TagName, TagValue], BeforeValidator(_are_few), Field(max_length=MAX_TAGS)]
# Written out on the wire and nowhere else: not in a log, not in an error.
ShownSecret = Annotated[
    SecretStr, PlainSerializer(SecretStr.get_secret_value, return_type=str, when_used="json")
]


def moment(milliseconds: int | None) -> datetime | None:
    """Return the moment that the database keeps as milliseconds, where there is one."""
    return None if milliseconds is None else from_epoch_ms(milliseconds)
