"""Asks a gateway for tasks, and looks at what it wrote down."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from fastapi.testclient import TestClient

from app.db.verifier import verify


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway, the simulator behind it, and its data."""

    client: TestClient
    simulator: httpx2.Client
    data_dir: Path

    def ask(
        self, task: str, body: dict[str, Any] | bytes, *, model: str | None = None, **headers: str
    ) -> httpx2.Response:
        """Ask for a task of a model at the model's own URL."""
        return self.post(f"/hf-inference/models/{model or f'org/{task}'}", body, **headers)

    def post(self, path: str, body: dict[str, Any] | bytes, **headers: str) -> httpx2.Response:
        """Send JSON, or bytes of which nothing is said."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            return self.client.post(path, content=body, headers=sent)
        return self.client.post(path, json=body, headers=sent)

    def last_entry(self) -> dict[str, Any]:
        """Return the newest entry."""
        return self.entries()[0]

    def entries(self) -> list[dict[str, Any]]:
        """Return all entries, the newest first."""
        entries: list[dict[str, Any]] = self.client.get("/v1/usage/entries").json()["data"]
        return entries

    def seen(self) -> int:
        """Return how many calls the simulator has seen."""
        calls: list[dict[str, Any]] = self.simulator.get("/simulator/calls").json()["data"]
        return max((call["number"] for call in calls), default=0)

    def budget(self, cap_usd: float) -> None:
        """Bind everybody to a hard budget."""
        wish = {"scope": "instance", "cap_usd": cap_usd, "period": "total", "mode": "hard"}
        answer = self.client.post("/v1/budgets", json=wish)
        assert answer.status_code == 201, answer.text

    def assert_proven(self) -> None:
        """Check that entries, holds and budgets agree."""
        self.entries()  # whoever reads them waits until those that ended are written
        proof = verify(self.data_dir, round(time.time() * 1000))
        assert proof.broken == []
        assert proof.holds == 0


def looking_at(simulator_url: str) -> httpx2.Client:
    """Return who asks a simulator what it has seen."""
    return httpx2.Client(base_url=simulator_url, trust_env=False)
