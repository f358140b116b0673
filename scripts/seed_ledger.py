"""Fills a data folder with made-up entries, always the same: `python -m scripts.seed_ledger DIR`.

For benchmarks and for trying reports out. It writes to the database directly, so no gateway may
run on the folder.
"""

import argparse
import json
import random
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Final

from app.core.clock import epoch_ms
from app.db.data_lock import hold
from app.db.schema import upgrade
from app.db.sqlite import FILE_NAME, WritingConnection
from app.models.entries import EntryRow

END: Final = datetime(2026, 11, 23, tzinfo=UTC)
DAY_MS: Final = 86_400_000

_COLUMNS: Final = tuple(column.name for column in EntryRow.__table__.columns)
_MARKS: Final = ", ".join("?" * len(_COLUMNS))
_INSERT: Final = f"INSERT INTO entries ({', '.join(_COLUMNS)}) VALUES ({_MARKS})"  # noqa: S608
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_BATCH: Final = 10_000
_UPSTREAMS: Final = ("huggingface", "together", "own-vllm", "openai")
_TASKS: Final = (("chat", 90), ("embedding", 7), ("text-classification", 3))
_STATUSES: Final = (("ok", 95), ("error", 3), ("cancelled", 2))
_APPS: Final = tuple(f"app-{number}" for number in range(12))


@dataclass(frozen=True, slots=True)
class Shape:
    """How much is made up, and over how long."""

    entries: int = 1_000_000
    keys: int = 200
    models: int = 30
    days: int = 90
    end: datetime = END
    seed: int = 1

    @property
    def begin_ms(self) -> int:
        """The moment of the first call."""
        return epoch_ms(self.end) - self.days * DAY_MS


@dataclass(slots=True)
class Company:
    """Who calls and what, a few of them much more than the others."""

    shape: Shape
    chance: random.Random = field(init=False)
    keys: Sequence[tuple[str, str | None, str | None]] = field(init=False)
    key_weights: Sequence[float] = field(init=False)
    models: Sequence[str] = field(init=False)
    model_weights: Sequence[float] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.shape.seed)  # noqa: S311 - made up, not secret
        teams = [self.new_id("team", 0) for _ in range(max(self.shape.keys // 10, 1))]
        users = [self.new_id("user", 0) for _ in range(max(self.shape.keys // 2, 1))]
        self.keys = [
            (
                self.new_id("key", 0),
                None if number % 10 == 9 else users[number % len(users)],  # noqa: PLR2004
                None if number % 7 == 6 else teams[number % len(teams)],  # noqa: PLR2004
            )
            for number in range(self.shape.keys)
        ]
        self.key_weights = _falling(self.shape.keys, 0.7)
        self.models = [f"maker-{number % 9}/model-{number}" for number in range(self.shape.models)]
        self.model_weights = _falling(self.shape.models, 0.8)

    def new_id(self, prefix: str, at_ms: int) -> str:
        """Return an id as the gateway makes them, of one moment."""
        value = at_ms << 80 | self.chance.getrandbits(80)
        body = "".join([_ALPHABET[(value >> shift) & 31] for shift in range(125, -5, -5)])
        return f"{prefix}_{body}"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the entries, oldest first."""
        moments = sorted(
            self.shape.begin_ms + int(self.chance.random() * self.shape.days * DAY_MS)
            for _ in range(self.shape.entries)
        )
        choose = self.chance.choices
        for start in range(0, len(moments), _BATCH):
            some = moments[start : start + _BATCH]
            keys = choose(self.keys, cum_weights=self.key_weights, k=len(some))
            models = choose(range(len(self.models)), cum_weights=self.model_weights, k=len(some))
            for at_ms, key, model in zip(some, keys, models, strict=True):
                yield self._row(at_ms, key, model)

    def _row(
        self, at_ms: int, key: tuple[str, str | None, str | None], model: int
    ) -> tuple[Any, ...]:
        chance = self.chance
        status = _one_of(chance, _STATUSES)
        upstream = _UPSTREAMS[model % len(_UPSTREAMS)]
        latency_ms = max(int(chance.lognormvariate(7.2, 0.9)), 20)
        has_answer = status == "ok" or (status == "cancelled" and chance.random() < 0.8)  # noqa: PLR2004
        units_in = int(chance.lognormvariate(6, 1.2)) if has_answer else None
        units_out = int(chance.lognormvariate(5, 1)) if has_answer else None
        price = _price(model, chance) if has_answer else None
        cost = None if price is None else _cost(price, units_in or 0, units_out or 0)
        key_id, user_id, team_id = key
        streams = chance.random() < 0.6  # noqa: PLR2004
        values = {
            "id": self.new_id("req", at_ms),
            "created_at_ms": at_ms,
            "settled_at_ms": at_ms + latency_ms,
            "key_id": key_id,
            "task": _one_of(chance, _TASKS),
            "model": self.models[model],
            "upstream": upstream,
            "upstream_model": self.models[model],
            "stream": streams,
            "status": status,
            "error_code": "upstream_timeout" if status == "error" else None,
            "finish_reason": "stop" if status == "ok" else None,
            "units_in": units_in,
            "units_out": units_out,
            "basis": "reported" if has_answer else None,
            "attempts": 1,
            "latency_ms": latency_ms,
            "ttft_ms": max(latency_ms // 9, 5) if streams and has_answer else None,
            "user_id": user_id,
            "team_id": team_id,
            "unit_in": "token" if has_answer else None,
            "unit_out": "token" if has_answer else None,
            "cost_nusd": cost,
            "held_nusd": 0 if cost is None else cost * 3,
            "price": None if price is None else json.dumps(price),
            "charged": json.dumps([f"budget_{team_id}@{self.shape.begin_ms}"] if team_id else []),
            "tags": _tags(chance),
        }
        return tuple(values.get(column) for column in _COLUMNS)


def _falling(count: int, power: float) -> Sequence[float]:
    """Return cumulated weights that fall: the first has much more than the last."""
    return list(accumulate(1 / (rank + 1) ** power for rank in range(count)))


def _one_of(chance: random.Random, words: Sequence[tuple[str, int]]) -> str:
    return chance.choices([word for word, _ in words], [weight for _, weight in words])[0]


def _price(model: int, chance: random.Random) -> dict[str, Any] | None:
    if model % 10 == 9:  # noqa: PLR2004 - nobody knows what these cost
        return None
    source = "assumed" if chance.random() < 0.02 else "meterhouse.toml"  # noqa: PLR2004
    return {
        "source": source,
        "input_token": 100_000_000 * (model + 1),
        "output_token": 400_000_000 * (model + 1),
    }


def _cost(price: dict[str, Any], units_in: int, units_out: int) -> int:
    return (units_in * price["input_token"] + units_out * price["output_token"]) // 1_000_000


def _tags(chance: random.Random) -> str | None:
    if chance.random() < 0.5:  # noqa: PLR2004
        return None
    return json.dumps({"app": chance.choice(_APPS), "env": chance.choice(("prod", "test"))})


def fill(data_dir: Path, shape: Shape) -> None:
    """Make the database if there is none, and add the entries."""
    upgrade(data_dir)
    with hold(data_dir), closing(WritingConnection(data_dir / FILE_NAME)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        rows = Company(shape).rows()
        while batch := list(islice(rows, _BATCH)):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_INSERT, batch)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def main() -> int:
    """Read the command line and fill a folder; 2 where it holds entries already."""
    parser = argparse.ArgumentParser(prog="python -m scripts.seed_ledger", description=__doc__)
    parser.add_argument("data_dir", type=Path, metavar="DIR")
    parser.add_argument("--entries", type=int, default=Shape().entries)
    parser.add_argument("--seed", type=int, default=Shape().seed)
    chosen = parser.parse_args()
    path: Path = chosen.data_dir / FILE_NAME
    if path.exists() and _has_entries(path):
        print(f"{path} has entries already. Name a folder without.", file=sys.stderr)
        return 2
    fill(chosen.data_dir, Shape(entries=chosen.entries, seed=chosen.seed))
    print(f"{chosen.entries:,} entries in {path}")
    return 0


def _has_entries(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute("SELECT 1 FROM entries LIMIT 1").fetchone() is not None
        except sqlite3.OperationalError:
            return False


if __name__ == "__main__":
    sys.exit(main())
