"""Which texts of `meterhouse.toml` make sense: URLs, names and headers."""

import re
from typing import Final
from urllib.parse import urlsplit

_UPSTREAM_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_OURS: Final = frozenset(
    {
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_CREDENTIALS: Final = frozenset(
    {"api-key", "authorization", "cookie", "proxy-authorization", "x-api-key", "x-goog-api-key"}
)


def check_base_url(value: str) -> str:
    """Check an upstream's URL and drop the slash at its end."""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid, parts = False, urlsplit("")
    if not valid or not re.fullmatch(r"[\x21-\x7e]+", value):
        raise ValueError("must be a URL like https://api.example.com/v1")
    if parts.username is not None:
        raise ValueError("must not hold a user or password; use token")
    if "?" in value or "#" in value:
        raise ValueError('must not hold a query or fragment; use query = { name = "value" }')
    if parts.path.rstrip("/").endswith("/chat/completions"):
        raise ValueError("must end before /chat/completions; the gateway adds that")
    return value.rstrip("/")


def check_upstream_name(value: str) -> str:
    """Check the name of a table under [upstreams]."""
    if not _UPSTREAM_NAME.fullmatch(value):
        raise ValueError("a name is a lower-case letter, then up to 31 of a-z, 0-9, _ and -")
    return value


def check_model_name(value: str) -> str:
    """Check a model's name."""
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", value):
        raise ValueError("a model name is 1 to 200 visible ASCII characters without spaces")
    return value


def check_header_name(value: str) -> str:
    """Check the name of a header that the operator may set."""
    if not _TOKEN.fullmatch(value):
        raise ValueError("is not a valid header name")
    if value.lower() in _OURS:
        raise ValueError("is set by the gateway itself")
    return value


def check_header_value(value: str) -> str:
    """Check that a header's value cannot break the request apart."""
    if not re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", value):
        raise ValueError("must be visible ASCII, without line breaks or spaces around it")
    return value


def check_public_header_name(value: str) -> str:
    """Check the name of a header whose value may stand in the file."""
    if value.lower() in _CREDENTIALS:
        raise ValueError("holds a credential; use token, and auth_header for its name")
    return check_header_name(value)


def check_scheme(value: str) -> str:
    """Check the word before a token."""
    if value and not _TOKEN.fullmatch(value):
        raise ValueError('must be one word like "Bearer", or "" for the bare token')
    return value
