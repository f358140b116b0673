"""Values that nobody in their right mind sends, and what a refusal of them looks like."""

from typing import Any, Final

import httpx2

# Texts like any other: where a text is asked for they are stored as they came, and run nowhere.
HARMLESS: Final = (
    "'; DROP TABLE users; --",
    "' OR '1'='1",
    "%s%s%n{0}{self.__class__}$(id)`id`",
    "..",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "🦊 Füchsin 狐",
    "null",
    "0",
)
# No names, addresses, patterns or tags at all.
NO_TEXT: Final = (
    "",
    " ",
    "a\x00b",
    "\ud800",
    "\udfff lone",
    "\u202egnp.exe",  # written from right to left from here on
    "a\u200bb",  # cannot be seen
    "a\r\nx-admin: 1",
    "\x1b[2J",
    "\ufeffbom",
    "a\u2028b",
    "x" * 10_000,
    "💥" * 300,
)
NO_STRING: Final[tuple[Any, ...]] = (
    0,
    -1,
    1.5,
    True,
    [],
    ["a"],
    {},
    {"$ne": None},
    2**70,
    float("nan"),
    float("inf"),
)
_FIELDS: Final = {"message", "type", "code", "param", "request_id"}


def complaint(answer: httpx2.Response) -> str | None:
    """Say what is wrong with the form of a refusal, or None."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.headers["content-type"] != "application/json":
        return f"no JSON: {answer.headers['content-type']}"
    if len(answer.content) > 6_000 or not answer.headers["x-error-message"].isascii():
        return "too long, or unreadable"
    error = answer.json()["error"]
    if set(answer.json()) != {"error"} or set(error) != _FIELDS:
        return f"of another form: {answer.text[:200]}"
    has_id = error["request_id"] == answer.headers["x-request-id"]
    return None if has_id and error["message"] else "without words or request id"
