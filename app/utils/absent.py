"""Loading a library without a part that it would load only because it is there."""

import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def absent(module: str) -> Generator[None]:
    """Let an import of a module fail inside the block, unless it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # pyright: ignore[reportArgumentType] - as the manual says
    try:
        yield
    finally:
        del sys.modules[module]
