"""Tokens of sessions and sign-in links: how they are made, and the only forms that are kept."""

import base64
import hmac
import re
import secrets
from enum import Enum
from typing import Final

_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)  # 32 bytes in base64


class TokenUse(Enum):
    """What a token opens. The digests of one say nothing about those of another."""

    SESSION = b"meterhouse session "
    LINK = b"meterhouse sign-in link "
    CSRF = b"meterhouse csrf "


def new_token() -> str:
    """Return 256 random bits, as a cookie and a URL can carry them."""
    return secrets.token_urlsafe(_BYTES)


def is_token(text: str) -> bool:
    """Say whether a text can be a token at all, without asking anybody."""
    return _TOKEN.fullmatch(text) is not None


def token_digest(pepper: bytes, use: TokenUse, token: str) -> bytes:
    """Return what is kept of a token: its HMAC-SHA256 under the pepper."""
    return hmac.digest(pepper, use.value + token.encode(), "sha256")


def csrf_token(pepper: bytes, session_token: str) -> str:
    """Return what a page sends to show that it may read what its session is told."""
    return base64.urlsafe_b64encode(token_digest(pepper, TokenUse.CSRF, session_token)).decode()
