"""Takes secrets and control characters out of anything that is about to be shown or logged."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final, cast

HIDDEN: Final = "[redacted]"
_LONGEST: Final = 16_384  # characters kept of one text
_DEEPEST: Final = 6  # levels of nesting that are looked into
_WIDEST: Final = 100  # items kept of one collection

# `tokens` counts things, `token` opens doors: only the singular is secret.
_SECRET_NAME: Final = re.compile(
    r"(?:^|[_\-. ])(?:authorization|cookies?|credentials?|passwords?|passwd|secrets?|token|pepper"
    r"|(?:api|admin|private|access)[_-]?keys?)$",
    re.IGNORECASE,
)
_SECRET_TEXT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?P<prefix>mh_|hf_|whsec_|sk-)[A-Za-z0-9+/=_-]{16,}"
    r"|(?P<scheme>\b(?:[Bb]earer|BEARER)\s+)[\w.~+/=-]{8,}"
    r"|://[^\s/@?#\"'<>]+@"
)
# Each log line is looked through: what every secret contains is cheaper to find than the pattern.
_MARKS: Final = ("mh_", "hf_", "whsec_", "sk-", "earer", "EARER", "@")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@lru_cache(maxsize=1_000)
def is_secret_name(name: str) -> bool:
    """Say whether a field of this name holds a secret, whatever its value looks like."""
    return _SECRET_NAME.search(name) is not None


def redact_text(text: str) -> str:
    """Return a text, bounded, with everything that looks like a credential blotted out."""
    if any(mark in text for mark in _MARKS):
        return _SECRET_TEXT.sub(_blot, text[:_LONGEST])
    return text[:_LONGEST]


def one_line(text: str) -> str:
    """Return a text that cannot break out of its line: control characters become escapes."""
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


def redact(value: Any, *, depth: int = 0) -> Any:
    """Return plain data to be logged in place of any value, without its secrets."""
    if isinstance(value, str):
        return redact_text(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return _redact_collection(cast("Any", value), depth=depth + 1)
    return redact_text(repr(value))


def redact_fields(fields: Mapping[Any, Any], *, depth: int = 0) -> dict[str, Any]:
    """Return named values without secrets: by name first, then by what they look like."""
    return {
        _safe_name(str(name)): HIDDEN if is_secret_name(str(name)) else redact(value, depth=depth)
        for name, value in islice(fields.items(), _WIDEST)
    }


def _redact_collection(value: Any, *, depth: int) -> Any:
    if depth > _DEEPEST:
        return "..."
    if isinstance(value, Mapping):
        return redact_fields(cast("Mapping[Any, Any]", value), depth=depth)
    return _redact_items(list(value), depth=depth)


def _redact_items(items: list[Any], *, depth: int) -> list[Any]:
    match items:
        case [bytes() | str() as name, _] if is_secret_name(_text(name)):
            return [_text(name), HIDDEN]  # a pair such as an HTTP header
        case _:
            return [redact(item, depth=depth) for item in items[:_WIDEST]]


@lru_cache(maxsize=1_000)
def _safe_name(name: str) -> str:
    return redact_text(name)


def _text(name: bytes | str) -> str:
    return name.decode("latin-1") if isinstance(name, bytes) else name


def _blot(found: re.Match[str]) -> str:
    if found["prefix"] or found["scheme"]:
        return f"{found['prefix'] or found['scheme']}{HIDDEN}"
    return f"://{HIDDEN}@"
