"""What the units of one model cost at one place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

from pydantic_core import to_json

from app.core.money import LARGEST_NUSD, PER_UNITS, cost_nusd


class PricedUnit(StrEnum):
    """What a price can be for."""

    INPUT_TOKEN = "input_token"  # noqa: S105 - not a secret
    # Read from the upstream's own cache, which is usually cheaper.
    CACHED_INPUT_TOKEN = "cached_input_token"  # noqa: S105
    OUTPUT_TOKEN = "output_token"  # noqa: S105
    INPUT_CHARACTER = "input_character"
    OUTPUT_CHARACTER = "output_character"
    INPUT_PIXEL = "input_pixel"
    OUTPUT_PIXEL = "output_pixel"
    INPUT_SECOND = "input_second"  # of sound or video
    OUTPUT_SECOND = "output_second"
    REQUEST = "request"

    __hash__ = str.__hash__  # an enum's own is Python, and prices are asked for on every call


@dataclass(frozen=True, slots=True)
class Price:
    """Prices of one model's units, in nano-dollars for 1,000,000 of each.

    What is not named costs nothing, except a cached token, which costs what others do.
    """

    units: Mapping[PricedUnit, int]
    source: str  # who says so: `meterhouse.toml`, `api`, `import:litellm`, `upstream` ...
    # Worked out once: a call of tokens asks for its cost twice, and keeps what the price was.
    is_free: bool = field(init=False, repr=False, compare=False)  # nothing costs anything
    is_of_tasks: bool = field(init=False, repr=False, compare=False)  # it says nothing of chats
    json: str = field(init=False, repr=False, compare=False)  # the facts, as an entry keeps them
    _of_tokens: tuple[int, int, int, int] = field(init=False, repr=False, compare=False)
    _facts: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out what every call asks for."""
        kinds = (PricedUnit.INPUT_TOKEN, PricedUnit.CACHED_INPUT_TOKEN, PricedUnit.OUTPUT_TOKEN)
        per_kind = (*map(self.of, kinds), self.of(PricedUnit.REQUEST))
        object.__setattr__(self, "_of_tokens", per_kind)
        object.__setattr__(self, "is_free", not any(per_kind))
        is_of_tasks = bool(self.units) and self.units.keys().isdisjoint(
            (*kinds, PricedUnit.REQUEST)
        )
        object.__setattr__(self, "is_of_tasks", is_of_tasks)
        facts = {"source": self.source, **{unit.value: nusd for unit, nusd in self.units.items()}}
        object.__setattr__(self, "_facts", facts)
        object.__setattr__(self, "json", to_json(facts).decode())

    def metered(self, unit_in: str, unit_out: str | None) -> "Price | None":
        """Return these prices for calls that are measured in other units than tokens.

        What `cost_of_tokens` of that is asked for are such units.

        Returns:
            None, where nothing is said of either unit, nor of a request.
        """
        read, written = f"input_{unit_in}", f"output_{unit_out}"
        units = cast("Mapping[str, int]", self.units)
        if not {read, written, PricedUnit.REQUEST} & units.keys():
            return None
        of = units.get
        per_input = of(read, 0)
        per_cached = of(f"cached_{read}", per_input)
        rates = (per_input, per_cached, of(written, 0), of(PricedUnit.REQUEST, 0))
        metered = Price(self.units, self.source)
        object.__setattr__(metered, "_of_tokens", rates)
        object.__setattr__(metered, "is_free", not any(rates))
        return metered

    def cost_of_tokens(self, tokens_in: int, tokens_out: int, cached_in: int = 0) -> int:
        """Return what one call with so many tokens costs, as `cost` does."""
        per_input, per_cached, per_output, per_request = self._of_tokens
        # Rounded up as `cost_nusd` does.
        cost = -(-(tokens_in - cached_in) * per_input // PER_UNITS)
        cost += -(-tokens_out * per_output // PER_UNITS)
        if cached_in:
            cost += cost_nusd(cached_in, per_cached)
        if per_request:
            cost += cost_nusd(1, per_request)
        return cost if cost < LARGEST_NUSD else LARGEST_NUSD  # noqa: FURB136 - no call

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

    def facts(self) -> Mapping[str, Any]:
        """Return what an entry keeps of it."""
        return self._facts
