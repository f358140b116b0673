"""What a command line says about a new key, in the words of the API."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from app.core.clock import Clock
from app.core.errors import InvalidRequestError

_SPAN: Final = re.compile(r"([1-9][0-9]{0,5})([hdw])")
_HOURS: Final = {"h": 1, "d": 24, "w": 168}


def read_expiry(text: str, clock: Clock) -> datetime:
    """Return the moment that `30d`, `2027-01-31` or `2027-01-31T18:00` stands for, in UTC.

    Raises:
        InvalidRequestError: it stands for none.
    """
    span = _SPAN.fullmatch(text)
    try:
        if span is not None:
            return clock.now() + timedelta(hours=int(span[1]) * _HOURS[span[2]])
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise InvalidRequestError(
            f"--expires: {text!r} is no time. Give a span such as 12h, 30d or 4w, or a day such as "
            "2027-01-31 (in UTC)."
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_tags(pairs: Iterable[str]) -> dict[str, str]:
    """Return the tags that `name=value` pairs stand for.

    Raises:
        InvalidRequestError: one is no pair, or a name comes twice.
    """
    tags: dict[str, str] = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator or not name:
            raise InvalidRequestError(f"--tag: {pair!r} is not of the form name=value.")
        if name in tags:
            raise InvalidRequestError(f"--tag: {name!r} is given twice.")
        tags[name] = value
    return tags
