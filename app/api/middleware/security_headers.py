"""What every answer tells browsers not to do."""

from collections.abc import Iterable
from typing import Final

Header = tuple[bytes, bytes]

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob: data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'"
)

_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_POLICY: Final = (b"content-security-policy", CONTENT_SECURITY_POLICY.encode())
_NO_STORE: Final = (b"cache-control", b"no-store")


def completed(headers: Iterable[Header], own: Header) -> list[Header]:
    """Return the headers of an answer with those that each has, and one of its own."""
    found = [*_ALWAYS, own]
    cached = is_page = False
    for header in headers:
        name, value = header
        if name == own[0]:
            continue
        found.append(header)
        if name == b"cache-control":
            cached = True
        elif name == b"content-type":
            is_page = value.startswith(b"text/html")
    if not cached:
        found.append(_NO_STORE)
    if is_page:
        found.append(_POLICY)
    return found
