"""Money in whole nano-dollars, so that sums are exact and nothing is ever rounded twice.

A price is nano-dollars for 1,000,000 units. A cost is rounded up once, for each kind of unit.
"""

from decimal import Decimal
from typing import Final

NANO: Final = 1_000_000_000  # nano-dollars in one US dollar
PER_UNITS: Final = 1_000_000  # a price is for so many units
LARGEST_NUSD: Final = 10**18  # a thousand million dollars; what SQL holds with room to add


def nusd_of(usd: Decimal) -> int:
    """Return an amount of US dollars in nano-dollars.

    Raises:
        ValueError: it is finer than a nano-dollar, or beyond a thousand million dollars.
    """
    if not usd.is_finite():
        raise ValueError("must be an amount of US dollars")
    scaled = usd.scaleb(9)
    if abs(scaled) > LARGEST_NUSD:
        raise ValueError("must be less than 1,000,000,000 US dollars")
    if scaled != int(scaled):
        raise ValueError("must have at most nine digits after the point")
    return int(scaled)


def usd_of(nusd: int) -> float:
    """Return nano-dollars as the US dollars that JSON shows."""
    return nusd / NANO


def usd_text(nusd: int) -> str:
    """Return nano-dollars as people read them: `$12.40`, or `$0.000125` where cents hide it."""
    sign = "-" if nusd < 0 else ""
    whole, rest = divmod(abs(nusd), NANO)
    digits = f"{rest:09d}".rstrip("0").ljust(2, "0")
    return f"{sign}${whole:,}.{digits}"


def cost_nusd(units: int, price_nusd: int) -> int:
    """Return what some units of one kind cost, rounded up to the next nano-dollar."""
    return -(-units * price_nusd // PER_UNITS)
