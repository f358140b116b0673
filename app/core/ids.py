"""Identifiers that sort by the time they were made."""

import random
import re
import time
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32, lower case
_PAIRS: Final = [high + low for high in _ALPHABET for low in _ALPHABET]
_BODY: Final = re.compile(f"[{_ALPHABET}]{{26}}")


def new_id(prefix: str) -> str:
    """Return `prefix_` and 26 characters: 48 bits of milliseconds, then 80 random bits.

    The form is ULID's (https://github.com/ulid/spec), so new rows go to the end of an index.
    """
    return id_at(prefix, time.time_ns() // 1_000_000)


def id_at(prefix: str, at_ms: int) -> str:
    """Return a new id that sorts as one of this moment, in milliseconds since 1970."""
    value = at_ms << 80 | random.getrandbits(80)
    return f"{prefix}_{_base32(value)}"


def is_id(text: str, prefix: str) -> bool:
    """Say whether a text has the form of an id with this prefix."""
    return text.startswith(f"{prefix}_") and _BODY.fullmatch(text, len(prefix) + 1) is not None


def _base32(value: int) -> str:
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in range(120, -10, -10)])
