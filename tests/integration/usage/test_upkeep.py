"""The running gateway keeps its sums by itself."""

import threading
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.services.container import Container
from app.services.ledger import upkeep
from app.services.ledger.upkeep import LedgerUpkeep
from tests.integration.usage.calls import Called, query, write


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> threading.Semaphore:
    """Return what is released each time that the task has done everything."""
    done = threading.Semaphore(0)
    run = LedgerUpkeep.run

    async def run_and_tell(self: LedgerUpkeep) -> None:
        await run(self)
        done.release()

    monkeypatch.setattr(LedgerUpkeep, "run", run_and_tell)
    monkeypatch.setattr(upkeep, "SECONDS_BETWEEN", 0.001)
    return done


def test_sums_are_kept_while_the_gateway_runs(rounds: threading.Semaphore, app: FastAPI) -> None:
    with TestClient(app) as client:
        container = cast("Container", client.app_state["container"])
        path = container.database.path
        write(path, [Called("req_0", at_ms=1_000_000_000_000)])
        for _ in range(2):  # the first may have begun before
            assert rounds.acquire(timeout=20)

        assert query(path, "SELECT ok FROM usage_days WHERE dimension = 'all'") == [(1,)]
