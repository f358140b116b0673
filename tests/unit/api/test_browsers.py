"""Which cookie of a request counts as the session's."""

import pytest
from starlette.types import Scope

from app.api.dependencies.browsers import read_sent, session_cookie

TOKEN = "a token"


def found(cookie: bytes, scheme: str = "https") -> str | None:
    headers = [(b"host", b"gateway.lan:8000"), (b"cookie", cookie)]
    scope: Scope = {"type": "http", "scheme": scheme, "headers": headers}
    return session_cookie(scope, read_sent(scope), None)


@pytest.mark.parametrize("around", [b"", b" ", b"\t", b"theme=dark; ", b";;", b"x; "])
def test_it_is_found_among_others(around: bytes) -> None:
    assert found(around + b"__Host-meterhouse=a token; other=1") == TOKEN
    assert found(around + b"meterhouse-8000=a token; other=1", "http") == TOKEN


@pytest.mark.parametrize(
    "before", [b"\xa0", b"\x85", b"\xc2\xa0", b"\xe2\x80\x83", b"\x0b", b"\x1f", b"=", b"x"]
)
def test_one_of_nearly_its_name_does_not_count(before: bytes) -> None:
    """Browsers guard the name as it is: other names of the host may set it with these before it.

    Somebody would be signed in as who chose the cookie. Chromium sends the first four.
    """
    for name in (b"__Host-meterhouse", b"meterhouse-8000"):
        cookie = before + name + b"=a token"
        assert found(cookie) is None
        assert found(cookie, "http") is None


def test_its_name_in_other_letters_does_not_count() -> None:
    assert found(b"__host-meterhouse=a token") is None
