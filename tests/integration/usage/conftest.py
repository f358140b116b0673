"""A ledger of the test's own, with its kept sums."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.integration.usage.keeping import Keeping, keeping


@pytest.fixture
async def kept(data_dir: Path) -> AsyncGenerator[Keeping]:
    """Return a ledger that nobody has called yet."""
    async with keeping(data_dir) as opened:
        yield opened
