"""What a command line says about a price, in the words of the API."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from app.core.errors import InvalidRequestError
from app.core.gateway_prices import TASK_UNITS


def read_dollars(option: str, text: str | None) -> float | None:
    """Return the US dollars that an option names, or None where it is not given.

    Raises:
        InvalidRequestError: they are no amount.
    """
    if text is None:
        return None
    try:
        usd = Decimal(text)
    except InvalidOperation:
        usd = Decimal("nan")
    if not usd.is_finite() or usd < 0:
        raise InvalidRequestError(f"{option}: {text!r} is no amount of US dollars, such as 0.15.")
    return float(usd)


def read_units(pairs: Iterable[str]) -> dict[str, float | None]:
    """Return what units of tasks cost, of `UNIT=USD` pairs.

    Raises:
        InvalidRequestError: one is no pair, of no such unit, or of one that came before.
    """
    found: dict[str, float | None] = {}
    for pair in pairs:
        unit, separator, usd = pair.partition("=")
        if not separator:
            raise InvalidRequestError(f"--unit: {pair!r} is not of the form UNIT=USD.")
        if unit not in TASK_UNITS:
            raise InvalidRequestError(
                f"--unit: {unit!r} is no unit of tasks. These are: {', '.join(TASK_UNITS)}."
            )
        if unit in found:
            raise InvalidRequestError(f"--unit: {unit!r} is given twice.")
        found[unit] = read_dollars(f"--unit {unit}", usd)
    return found


def read_begin(text: str | None) -> str | None:
    """Return the moment that `2027-01-31` or `2027-01-31T18:00` stands for, as the API takes it.

    Raises:
        InvalidRequestError: it stands for none.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidRequestError(
            f"--from: {text!r} is no time. Give a day such as 2027-01-31 or a time such as "
            "2027-01-31T18:00, in UTC."
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def read_upstreams(pairs: Iterable[str]) -> dict[str, str]:
    """Return which upstream stands for which provider, of `PROVIDER=UPSTREAM` pairs.

    Raises:
        InvalidRequestError: one is no pair, or a provider comes twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        provider, separator, upstream = pair.partition("=")
        if not separator or not provider or not upstream:
            raise InvalidRequestError(f"--map: {pair!r} is not of the form PROVIDER=UPSTREAM.")
        if provider in found:
            raise InvalidRequestError(f"--map: {provider!r} is given twice.")
        found[provider] = upstream
    return found
