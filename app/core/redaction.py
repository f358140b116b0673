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


def _alone(width: int) -> str:
    r"""Return the condition that what was just read, of such a width, is no end of a word.

    An escape of JSON before it is not part of the word, though it ends in a letter: "\\nhf_...".
    """
    read = f"[\\s\\S]{{{width}}}"
    escapes = (rf"(?<=\\[bfnrt]{read})", rf"(?<=\\u[0-9A-Fa-f]{{4}}{read})")
    return f"(?:{'|'.join((f'(?<![A-Za-z0-9]{read})', *escapes))})"


# Of everything that is a secret: what it contains, which is cheaper to find, and how it looks.
_SECRETS: Final = (
    (
        ("earer", "EARER"),
        re.compile(rf"(?P<kept>(?:[Bb]earer|BEARER){_alone(6)}\s+)(?:[\w.~+/=-]|\\/){{8,}}"),
    ),
    (("@",), re.compile(r"(?P<kept>:\\?/\\?/)[^\s/@?#\"'<>]+(?=@)")),
    (
        ("mh_", "hf_", "sk-"),
        re.compile(rf"(?P<kept>(?:mh_|hf_|sk-){_alone(3)})[A-Za-z0-9+/=_-]{{16,}}"),
    ),
    (("whsec_",), re.compile(rf"(?P<kept>whsec_{_alone(6)})[A-Za-z0-9+/=_-]{{16,}}")),
)
_BLOT: Final = rf"\g<kept>{HIDDEN}"
# The same, for as long as it is not known for one because the rest is missing.
_BEGUN: Final = re.compile(
    r"(?:(?:mh_|hf_|whsec_|sk-)[A-Za-z0-9+/=_-]{0,15}"
    r"|(?:[Bb]earer|BEARER)\s+(?:[\w.~+/=-]|\\/){0,7}"
    r"|:\\?/\\?/[^\s/@?#\"'<>]*)\Z"
)
_LONGEST_BEGUN: Final = 4_096
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@lru_cache(maxsize=1_000)
def is_secret_name(name: str) -> bool:
    """Say whether a field of this name holds a secret, whatever its value looks like."""
    return _SECRET_NAME.search(name) is not None


def redact_text(text: str) -> str:
    """Return a text, bounded, with everything that looks like a credential blotted out."""
    return redact_whole(text[:_LONGEST])


def redact_whole(text: str) -> str:
    """Return all of a text, with everything that looks like a credential blotted out."""
    for marks, secret in _SECRETS:  # each log line passes here
        for mark in marks:
            if mark in text:
                text = secret.sub(_BLOT, text)
                break
    return text


def redact_beginning(text: str) -> str:
    """Return the beginning of a longer text, without what may be a credential that was cut."""
    text = redact_whole(text)
    begun = _begun(text)
    return text if begun is None else text[: begun.start()]


def secrets_in(text: str, *, is_cut: bool) -> list[tuple[int, int]]:
    """Return where in a text everything lies that looks like a credential.

    Args:
        text: The text.
        is_cut: Whether it is only the beginning of one.
    """
    found = [
        one.span()
        for marks, secret in _SECRETS
        if any(mark in text for mark in marks)
        for one in secret.finditer(text)
    ]
    begun = _begun(text) if is_cut else None
    return found if begun is None else [*found, begun.span()]


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


def _begun(text: str) -> re.Match[str] | None:
    return _BEGUN.search(text, max(0, len(text) - _LONGEST_BEGUN))
