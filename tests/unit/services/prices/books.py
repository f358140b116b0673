"""Price books without a database or an upstream."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.core.gateway_file import GatewayConfig
from app.db.repositories.prices import PriceDirectory, PriceFacts
from app.services.prices.price import PricedUnit
from app.services.prices.price_book import PriceBook
from tests.support.clocks import FakeClock

HUB: Final = {"kind": "huggingface", "base_url": "https://hub.test/v1"}
LOCAL: Final = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}
NOON_MS: Final = 1_795_435_200_000  # 2026-11-23T12:00:00Z, where a fake clock begins


class Rows(PriceDirectory):
    """The table of prices, in memory."""

    def __init__(self) -> None:
        self.rows: list[PriceFacts] = []
        self.asked_since_ms: int | None = None

    def add(self, model: str, dollars: int, **changes: Any) -> None:
        """Add a price of so many dollars for a million tokens, read or written."""
        facts: dict[str, Any] = {
            "id": f"price_{len(self.rows)}",
            "model": model,
            "upstream": None,
            "nusd_per_million": dollars * 10**9,
            "valid_from_ms": 0,
            "valid_until_ms": None,
            "source": "api",
        } | changes
        for unit in (PricedUnit.INPUT_TOKEN, PricedUnit.OUTPUT_TOKEN):
            self.rows.append(PriceFacts(unit=unit.value, **facts))

    async def list_not_over(self, at_ms: int) -> Sequence[PriceFacts]:
        self.asked_since_ms = at_ms
        return self.rows


class Listed:
    """What upstreams list."""

    def __init__(self) -> None:
        self.version = 0
        self.models: dict[tuple[str, str], Mapping[str, Any]] = {}
        self.asked = 0

    def known(self, upstream: str, model: str) -> Mapping[str, Any] | None:
        self.asked += 1
        return self.models.get((upstream, model))

    def all_known(self, upstream: str) -> Sequence[Mapping[str, Any]]:
        return [listed for (where, _), listed in self.models.items() if where == upstream]

    def provide(self, model: str, *providers: Mapping[str, Any], upstream: str = "hub") -> None:
        """List a model with those who serve it."""
        self.version += 1
        live = [{"status": "live", **one} for one in providers]
        self.models[upstream, model] = {"id": model, "providers": live}


def config_of(**gateway: Any) -> GatewayConfig:
    """Return a configuration with two upstreams, and what else it says."""
    return GatewayConfig.model_validate({"upstreams": {"hub": HUB, "local": LOCAL}} | gateway)


def book_of(rows: Rows | None = None, listed: Listed | None = None, **gateway: Any) -> PriceBook:
    """Return a book over a configuration; it has read nothing of the rows yet."""
    config = config_of(**gateway)
    return PriceBook(config, rows or Rows(), listed or Listed(), FakeClock())


def dollars(book: PriceBook, model: str, upstream: str = "local", at_ms: int = NOON_MS) -> Any:
    """Return the price of a million input tokens, in dollars, of a model under its own name."""
    price = book.quote(model, upstream, model, at_ms).price
    return None if price is None else price.of(PricedUnit.INPUT_TOKEN) / 10**9
