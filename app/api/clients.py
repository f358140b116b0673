"""Whose client asks: Hugging Face's two do not want everything alike."""

from typing import Final

from starlette.types import Scope

_JAVASCRIPT: Final = b"@huggingface/inference"


def is_javascript(scope: Scope) -> bool:
    """Return whether it is Hugging Face's client for JavaScript."""
    named = (value for name, value in scope["headers"] if name == b"user-agent")
    return next(named, b"").startswith(_JAVASCRIPT)
