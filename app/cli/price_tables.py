"""Prices as lists show them."""

from decimal import Decimal
from typing import Final

from app.api.v1.schemas.prices import MissingPriceOut, PriceOut
from app.cli.tables import when
from app.core.gateway_prices import TASK_UNITS
from app.services.prices.prices import PriceState

PRICE_TITLES: Final = (
    "model",
    "upstream",
    "input",
    "output",
    "cached input",
    "per request",
    "units of tasks",
    "source",
    "state",
    "from",
    "until",
    "id",
)
MISSING_TITLES: Final = ("model", "upstream", "model there", "can be pinned to", "calls", "last")


def price_row(price: PriceOut) -> tuple[str, ...]:
    """Return the cells of one price."""
    state = price.state.value
    if price.state is PriceState.OVERRIDDEN:
        state = f"overridden by {price.overridden_by}"
    return (
        price.model or "(every model)",
        price.upstream or "(any)",
        _usd(price.input),
        _usd(price.output),
        _usd(price.cached_input),
        _usd(price.per_request),
        " ".join(f"{unit}={usd}" for unit in TASK_UNITS if (usd := _usd(getattr(price, unit)))),
        price.source,
        state,
        when(price.valid_from) if price.valid_from else "",
        when(price.valid_until) if price.valid_until else "",
        price.id or "",
    )


def missing_row(missing: MissingPriceOut) -> tuple[str, ...]:
    """Return the cells of one model without a price."""
    return (
        missing.model,
        missing.upstream,
        missing.upstream_model,
        missing.pin or "",
        str(missing.calls),
        when(missing.last_called_at) if missing.last_called_at else "",
    )


def _usd(dollars: float | None) -> str:
    """Return dollars without an exponent: `0.0000001`, not `1e-07`."""
    return "" if dollars is None else f"{Decimal(repr(dollars)).normalize():f}"
