"""What the units of one model cost at one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.core.money import LARGEST_NUSD, cost_nusd


class PricedUnit(StrEnum):
    """What a price can be for."""

    INPUT_TOKEN = "input_token"  # noqa: S105 - not a secret
    # Read from the upstream's own cache, which is usually cheaper.
    CACHED_INPUT_TOKEN = "cached_input_token"  # noqa: S105
    OUTPUT_TOKEN = "output_token"  # noqa: S105
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Price:
    """Prices of one model's units, in nano-dollars for 1,000,000 of each.

    What is not named costs nothing, except a cached token, which costs what others do.
    """

    units: Mapping[PricedUnit, int]
    source: str  # who says so: `meterhouse.toml`, `api`, `import:litellm`, `upstream` ...

    def cost(self, counts: Mapping[PricedUnit, int]) -> int:
        """Return what so many units of each kind cost, in nano-dollars, each kind rounded up.

        It is never more than can be written down.
        """
        cost = sum(cost_nusd(count, self.of(unit)) for unit, count in counts.items() if count)
        return min(cost, LARGEST_NUSD)

    def of(self, unit: PricedUnit) -> int:
        """Return the price of 1,000,000 units of a kind, in nano-dollars."""
        if unit is PricedUnit.CACHED_INPUT_TOKEN and unit not in self.units:
            unit = PricedUnit.INPUT_TOKEN
        return self.units.get(unit, 0)

    def facts(self) -> dict[str, Any]:
        """Return what an entry keeps of it."""
        return {"source": self.source, **{unit.value: nusd for unit, nusd in self.units.items()}}
