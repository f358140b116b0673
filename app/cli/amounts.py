"""US dollars on a command line."""

from decimal import Decimal, InvalidOperation

from app.core.errors import InvalidRequestError
from app.core.money import NANO, nusd_of, usd_text


def read_usd(option: str, text: str) -> float:
    """Return an amount as JSON carries it.

    Raises:
        InvalidRequestError: it is none, or one that would be changed on its way.
    """
    try:
        amount = Decimal(text.removeprefix("$"))
        nusd_of(amount)
    except (InvalidOperation, ValueError):
        amount = None
    if amount is None or Decimal(repr(float(amount))) != amount:
        raise InvalidRequestError(
            f"{option}: {text!r} is no amount of US dollars. Give one such as 50 or 0.125, with at "
            "most nine digits after the point."
        )
    return float(amount)


def show_usd(usd: float) -> str:
    """Return an amount of the API as people read it."""
    return usd_text(round(usd * NANO))
