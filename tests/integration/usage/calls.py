"""Calls in the ledger, and what they add up to when a person adds them up."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.db.repositories.usage_sums import Dimension, Sums
from app.utils import histogram
from tests.integration.db.rows import entry

MIDNIGHT_MS: Final = 1_795_392_000_000  # 2026-11-23T00:00:00Z
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Called:
    """One call, with all that reports read of it."""

    id: str
    at_ms: int = MIDNIGHT_MS
    team: str | None = None
    user: str | None = None
    key: str = "key_1"
    model: str = "m"
    task: str = "chat"
    upstream: str | None = "hf"
    status: str = "ok"
    units: tuple[int | None, str | None] = (10, "token")
    cost_nusd: int | None = 5
    price: Mapping[str, Any] | None = None
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    latency_ms: int = 100
    ttft_ms: int | None = 10
    charged: tuple[str, ...] = ()

    def values(self, dimension: Dimension) -> list[str]:
        """Return the values of a dimension that it is counted by."""
        if dimension is Dimension.TAG:
            return [f"{name}={text}" for name, text in self.tags.items()]
        by_name = {
            Dimension.ALL: "",
            Dimension.TEAM: self.team,
            Dimension.USER: self.user,
            Dimension.KEY: self.key,
            Dimension.MODEL: self.model,
            Dimension.TASK: self.task,
            Dimension.UPSTREAM: self.upstream,
            Dimension.STATUS: self.status,
        }
        return [by_name[dimension] or ""]

    def row(self) -> dict[str, Any]:
        """Return its row in the ledger."""
        units, unit = self.units
        return entry(
            self.id,
            created_at_ms=self.at_ms,
            settled_at_ms=self.at_ms + self.latency_ms,
            team_id=self.team,
            user_id=self.user,
            key_id=self.key,
            model=self.model,
            task=self.task,
            upstream=self.upstream,
            status=self.status,
            units_in=units,
            units_out=units,
            unit_in=unit,
            unit_out=unit,
            basis=None if units is None else "reported",
            cost_nusd=self.cost_nusd,
            price=None if self.price is None else json.dumps(self.price),
            tags=json.dumps(self.tags) if self.tags else None,
            latency_ms=self.latency_ms,
            ttft_ms=self.ttft_ms,
            charged=json.dumps(self.charged) if self.charged else None,
        )


def write(path: Path, calls: Iterable[Called]) -> None:
    """Write calls into the ledger, as its writer would."""
    rows = [call.row() for call in calls]
    if not rows:
        return
    columns, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
    sql = f"INSERT INTO entries ({columns}) VALUES ({marks})"  # noqa: S608 - the names are ours
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(sql, [tuple(row.values()) for row in rows])


def forget_all(path: Path) -> None:
    """Make a ledger as it was before the first call."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("entries", "usage_hours", "usage_days", "usage_weeks", "usage_late"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are ours
        connection.execute("UPDATE usage_marks SET value = 0")


def query(path: Path, sql: str, *values: object) -> list[Any]:
    """Ask the database itself."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(sql, values).fetchall()


def add_up(calls: Iterable[Called]) -> Sums:
    """Add calls up, one by one."""
    kept = list(calls)

    def units(kind: str) -> int:
        return sum(call.units[0] or 0 for call in kept if (call.units[1] or "token") == kind)

    return Sums(
        ok=sum(call.status == "ok" for call in kept),
        error=sum(call.status == "error" for call in kept),
        cancelled=sum(call.status == "cancelled" for call in kept),
        without_units=sum(call.units[0] is None for call in kept),
        without_cost=sum(call.cost_nusd is None for call in kept),
        assumed_price=sum((call.price or {}).get("source") == "assumed" for call in kept),
        units_in=units("token"),
        units_out=units("token"),
        characters_in=units("character"),
        characters_out=units("character"),
        pixels_in=units("pixel"),
        pixels_out=units("pixel"),
        seconds_in=units("second"),
        seconds_out=units("second"),
        requests_in=units("request"),
        requests_out=units("request"),
        cost_nusd=sum(call.cost_nusd or 0 for call in kept),
        latency=histogram.from_values([call.latency_ms for call in kept]),
        ttft=histogram.from_values([call.ttft_ms for call in kept if call.ttft_ms is not None]),
    )
