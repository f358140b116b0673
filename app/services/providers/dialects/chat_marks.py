"""Which events of a chat's stream may matter, told without parsing any."""

import re
from typing import Final

BLANK_LINE: Final = b"\n\n"
DONE: Final = b"[DONE]"

# Inside a JSON string these would have their quotes escaped, so that text never matches.
_FINISH: Final = re.compile(rb'"finish_reason"\s*:\s*"')
_USAGE: Final = re.compile(rb'"usage"\s*:\s*\{')
_ERROR: Final = re.compile(rb'"error"\s*:\s*["{\[]')
_CONTROL: Final = bytes({*range(32)} - {*b"\t\n\r"})  # JSON has none of them as such


def is_sound(events: bytes) -> bool:
    """Say whether events look like JSON objects throughout, at a fraction of what reading costs."""
    return (
        events.count(b"data:") == events.count(b"}\n\n")
        and len(events.translate(None, _CONTROL)) == len(events)
        and is_utf8(events)
    )


def is_utf8(events: bytes) -> bool:
    """Say whether bytes are text."""
    if events.isascii():
        return True
    try:
        events.decode()
    except UnicodeDecodeError:
        return False
    return True


def first_that_may_matter(events: bytes) -> int:
    """Return a place in the first event that may matter, or the end where none does."""
    first = len(events)
    for mark in (DONE, b"event:"):
        if (at := events.find(mark, 0, first)) >= 0:
            first = at
    for pattern in (_FINISH, _USAGE, _ERROR):
        if (found := pattern.search(events)) and found.start() < first:
            first = found.start()
    return first
