"""The proof that ledger, holds and budgets agree: read-only, on one moment of a live file."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from app.core.errors import NotReadyError
from app.core.money import LARGEST_NUSD, cost_nusd, usd_text
from app.db.schema import require_head
from app.db.sqlite import FILE_NAME, open_read_only

_PATIENCE: Final = "PRAGMA busy_timeout=5000"

_DEAD_HOLDS: Final = """
SELECT holds.id, holds.lease_id FROM holds LEFT JOIN leases ON leases.id = holds.lease_id
WHERE leases.until_ms IS NULL OR leases.until_ms < :now_ms ORDER BY holds.id
"""
_HELD_AND_SETTLED: Final = "SELECT id FROM holds WHERE id IN (SELECT id FROM entries) ORDER BY id"
_UNKNOWN_PERIODS: Final = """
SELECT DISTINCT charge.value FROM {table}, json_each({table}.charged) AS charge
WHERE {table}.charged IS NOT NULL AND charge.value NOT IN (SELECT id FROM budget_periods)
ORDER BY 1
"""
_SETTLED: Final = """
WITH sums AS (
  SELECT charge.value AS id, sum(coalesce(entries.cost_nusd, 0)) AS nusd
  FROM entries, json_each(entries.charged) AS charge
  WHERE entries.charged IS NOT NULL GROUP BY charge.value
)
SELECT periods.id, periods.settled_nusd, periods.closing_nusd + coalesce(sums.nusd, 0)
FROM budget_periods AS periods LEFT JOIN sums ON sums.id = periods.id
WHERE periods.settled_nusd != periods.closing_nusd + coalesce(sums.nusd, 0) ORDER BY periods.id
"""
_HELD: Final = """
WITH sums AS (
  SELECT charge.value AS id, sum(holds.held_nusd) AS nusd
  FROM holds, json_each(holds.charged) AS charge
  WHERE holds.charged IS NOT NULL GROUP BY charge.value
)
SELECT periods.id, periods.held_nusd, coalesce(sums.nusd, 0)
FROM budget_periods AS periods LEFT JOIN sums ON sums.id = periods.id
WHERE periods.held_nusd != coalesce(sums.nusd, 0) ORDER BY periods.id
"""
_OVERSOLD: Final = """
SELECT id, settled_nusd + held_nusd, cap_nusd + overshoot_nusd FROM budget_periods
WHERE is_hard AND settled_nusd + held_nusd > cap_nusd + overshoot_nusd ORDER BY id
"""
_UNEXPLAINED: Final = """
WITH sums AS (
  SELECT json_extract(facts, '$.period_id') AS id,
    sum(json_extract(facts, '$.overshoot_nusd')) AS nusd
  FROM events WHERE kind = 'budget.overshoot' GROUP BY 1
)
SELECT periods.id, periods.overshoot_nusd, coalesce(sums.nusd, 0)
FROM budget_periods AS periods LEFT JOIN sums ON sums.id = periods.id
WHERE periods.overshoot_nusd != coalesce(sums.nusd, 0) ORDER BY periods.id
"""
# What nothing was done for costs nothing, whatever a request costs. A product beyond 64 bits is no
# integer here: such rows are found too, and added up again by whoever reads them.
_MISPRICED: Final = """
WITH counts AS (
  SELECT id, cost_nusd, price, coalesce(units_in, 0) - coalesce(cached_in, 0) AS read,
    coalesce(cached_in, 0) AS cached, coalesce(units_out, 0) AS written,
    coalesce(unit_in, 'token') AS unit_in, coalesce(unit_out, 'token') AS unit_out
  FROM entries WHERE (cost_nusd IS NOT NULL OR price IS NOT NULL) AND attempts <= 1
  AND error_code IS NOT 'outcome_unknown'
)
SELECT id, cost_nusd, price, read, cached, written, unit_in, unit_out FROM counts
WHERE NOT (cost_nusd IS 0 AND read = 0 AND cached = 0 AND written = 0) AND cost_nusd IS NOT (
  (read * coalesce(json_extract(price, '$.input_' || unit_in), 0) + 999999) / 1000000
  + (cached * coalesce(json_extract(price, '$.cached_input_token'),
      json_extract(price, '$.input_token'), 0) + 999999) / 1000000
  + (written * coalesce(json_extract(price, '$.output_' || unit_out), 0) + 999999) / 1000000
  + (coalesce(json_extract(price, '$.request'), 0) + 999999) / 1000000
  + iif(price IS NULL, NULL, 0)
) ORDER BY id
"""
_MISADDED: Final = """
SELECT id, cost_nusd, tries, coalesce(unit_in, 'token'), coalesce(unit_out, 'token')
FROM entries WHERE attempts > 1 ORDER BY id
"""
# Nobody knows how many attempts a call had whose process died: what was held for all is its cost.
_LOST: Final = """
SELECT id, cost_nusd, held_nusd FROM entries WHERE error_code = 'outcome_unknown'
AND cost_nusd IS NOT iif(price IS NULL, NULL, held_nusd) ORDER BY id
"""
_NO_BASIS: Final = "SELECT id FROM entries WHERE basis IS NULL AND tries IS NOT NULL ORDER BY id"
_COSTLESS: Final = """
SELECT id FROM entries WHERE charged IS NOT NULL AND cost_nusd IS NULL ORDER BY id
"""


class Proof(NamedTuple):
    """What was looked at, and every invariant that does not hold, a line each."""

    entries: int
    holds: int
    periods: int
    broken: Sequence[str]


def verify(data_dir: Path, now_ms: int) -> Proof:
    """Look at the database of a data folder, and change nothing. A server may be running.

    Raises:
        ConfigurationError: there is no database of this version.
        NotReadyError: it cannot be read right now.
    """
    require_head(data_dir)
    try:
        with closing(open_read_only(data_dir / FILE_NAME)) as connection:
            connection.execute(_PATIENCE)
            connection.execute("BEGIN")
            return Proof(
                entries=_count(connection, "entries"),
                holds=_count(connection, "holds"),
                periods=_count(connection, "budget_periods"),
                broken=[*_broken(connection, now_ms)],
            )
    except sqlite3.Error as error:
        raise NotReadyError(f"The database cannot be read: {error}") from error


def _count(connection: sqlite3.Connection, table: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - ours
    return int(count)


def _broken(connection: sqlite3.Connection, now_ms: int) -> Iterator[str]:
    yield from _file(connection)
    for sql, say in _CHECKS:
        for row in connection.execute(sql, {"now_ms": now_ms}):
            line = say(*row)
            if line is not None:
                yield line


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    for (problem,) in connection.execute("PRAGMA quick_check"):
        if problem != "ok":
            yield f"{FILE_NAME}: {problem}"
    for table, row_id, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} row {row_id}: names a row of {parent} that is not there"


def _of_nobody(hold_id: str, lease_id: str) -> str:
    return f"{hold_id}: held by a process that is gone ({lease_id}); the next start settles it"


def _both(hold_id: str) -> str:
    return f"{hold_id}: settled, and held too"


def _unknown(period_id: str) -> str:
    return f"{period_id}: no such budget period, but calls count into it"


def _settled(period_id: str, settled: int, rows: int) -> str:
    return (
        f"{period_id}: settled {usd_text(settled)}, but its entries and closing balance come to "
        f"{usd_text(rows)}"
    )


def _held(period_id: str, held: int, rows: int) -> str:
    return f"{period_id}: held {usd_text(held)}, but its holds come to {usd_text(rows)}"


def _oversold(period_id: str, used: int, cap: int) -> str:
    return (
        f"{period_id}: settled and held {usd_text(used)}, above its cap and recorded overshoot of "
        f"{usd_text(cap)}"
    )


def _unexplained(period_id: str, overshoot: int, events: int) -> str:
    return (
        f"{period_id}: recorded overshoot {usd_text(overshoot)}, but its events come to "
        f"{usd_text(events)}"
    )


def _mispriced(entry_id: str, cost: int | None, price: str | None, *facts: Any) -> str | None:
    if price is None:
        return f"{entry_id}: costs {_shown(cost)}, but says no price"
    made = _priced(json.loads(price), facts[:3], facts[3:])
    if made == cost:
        return None
    return f"{entry_id}: costs {_shown(cost)}, but its units come to {usd_text(made)} at its price"


def _misadded(entry_id: str, cost: int | None, tries: str | None, *units: str) -> str | None:
    attempts = json.loads(tries or "[]")
    for number, one in enumerate(attempts, 1):
        if (made := _tried(one, units)) != one["cost_nusd"]:
            return (
                f"{entry_id}: attempt {number} costs {_shown(one['cost_nusd'])}, but its units "
                f"come to {_shown(made)} at its price"
            )
    costs = [one["cost_nusd"] for one in attempts]
    made = None if None in costs else min(sum(costs), LARGEST_NUSD)
    if made == cost:
        return None
    return f"{entry_id}: costs {_shown(cost)}, but its attempts come to {_shown(made)}"


def _tried(facts: Mapping[str, Any], units: Sequence[str]) -> int | None:
    """Return what an attempt costs at its own price; what it says itself where it has none."""
    cost: int | None = facts["cost_nusd"]
    price = facts.get("price")  # older versions did not write it down
    if price is None:
        return cost
    read, cached, written = facts["units_in"], facts["cached_in"], facts["units_out"]
    if cost == read == written == 0:  # nothing was done
        return 0
    return _priced(price, (read - cached, cached, written), units)


def _priced(rates: Mapping[str, Any], counts: Sequence[int], units: Sequence[str]) -> int:
    """Return what one request costs that has read so much, so much of it cached, and written.

    Args:
        rates: Prices by kind of unit.
        counts: How much.
        units: Of what: what was read, and what was written.
    """
    unit_in, unit_out = units
    read = rates.get(f"input_{unit_in}", 0)
    kinds = (read, rates.get("cached_input_token", read), rates.get(f"output_{unit_out}", 0))
    made = sum(map(cost_nusd, (*counts, 1), (*kinds, rates.get("request", 0))))
    return min(made, LARGEST_NUSD)  # no more can be written down


def _lost(entry_id: str, cost: int | None, held: int) -> str:
    return f"{entry_id}: costs {_shown(cost)}, but {usd_text(held)} was held when its process died"


def _shown(nusd: int | None) -> str:
    return "nothing known" if nusd is None else usd_text(nusd)


def _without_basis(entry_id: str) -> str:
    return f"{entry_id}: does not say where its units come from"


def _without_cost(entry_id: str) -> str:
    return f"{entry_id}: counts into a budget, but has no cost"


_CHECKS: Final[Sequence[tuple[str, Callable[..., str | None]]]] = (
    (_DEAD_HOLDS, _of_nobody),
    (_HELD_AND_SETTLED, _both),
    (_UNKNOWN_PERIODS.format(table="entries"), _unknown),
    (_UNKNOWN_PERIODS.format(table="holds"), _unknown),
    (_SETTLED, _settled),
    (_HELD, _held),
    (_OVERSOLD, _oversold),
    (_UNEXPLAINED, _unexplained),
    (_MISPRICED, _mispriced),
    (_MISADDED, _misadded),
    (_LOST, _lost),
    (_NO_BASIS, _without_basis),
    (_COSTLESS, _without_cost),
)
