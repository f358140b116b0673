"""The id that every request gets, and the client's own."""

import re
from collections.abc import Iterable
from typing import Final

HEADER: Final = b"x-request-id"

_THEIRS: Final = frozenset({HEADER, b"x-amzn-trace-id"})
_PRINTABLE: Final = re.compile(rb"[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?")


def client_request_id(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the client's own id of its request, to be found again by it, never trusted."""
    for name, value in headers:
        if name in _THEIRS:
            return value.decode("ascii") if _PRINTABLE.fullmatch(value) else None
    return None
