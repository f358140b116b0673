"""What is told of one entry: the same in a list and in an export."""

from collections.abc import Mapping
from typing import Any, Final

from app.core.clock import from_epoch_ms
from app.core.money import usd_of
from app.models.entries import EntryRow

NAMES: Final = (
    *("id", "client_request_id", "created_at", "settled_at", "key_id", "user_id", "team_id"),
    *("end_user", "tags", "task", "model", "upstream", "upstream_model", "stream", "status"),
    *("error_code", "finish_reason", "units_in", "unit_in", "cached_in", "units_out", "unit_out"),
    *("basis", "cost_usd", "held_usd", "price", "charged", "attempts", "tries", "latency_ms"),
    "ttft_ms",
)


def facts_of(row: EntryRow) -> dict[str, Any]:
    """Return everything that an entry says, by name, with money in US dollars."""
    told = {
        "created_at": from_epoch_ms(row.created_at_ms),
        "settled_at": from_epoch_ms(row.settled_at_ms),
        "tags": row.tags or {},
        "cost_usd": None if row.cost_nusd is None else usd_of(row.cost_nusd),
        "held_usd": usd_of(row.held_nusd),
        "price": None if row.price is None else _price(row.price),
        "charged": row.charged or [],
        "tries": [_try(one) for one in row.tries or []],
    }
    return {name: told[name] if name in told else getattr(row, name) for name in NAMES}


def _price(facts: Mapping[str, Any]) -> dict[str, Any]:
    per_million = {name: usd_of(nusd) for name, nusd in facts.items() if name != "source"}
    return {"source": facts["source"], "usd_per_million": per_million}


def _try(facts: Mapping[str, Any]) -> dict[str, Any]:
    cost_nusd, price = facts.get("cost_nusd"), facts.get("price")
    told = {name: value for name, value in facts.items() if name != "cost_nusd"}
    if price is not None:
        told["price"] = _price(price)
    return {**told, "cost_usd": None if cost_nusd is None else usd_of(cost_nusd)}
