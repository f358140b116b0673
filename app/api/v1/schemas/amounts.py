"""Amounts on the wire: numbers of JSON, to the last digit as they were written."""

from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from app.core.money import LARGEST_NUSD, NANO, nusd_of

_MOST_DIGITS: Final = 28  # more have no place in an amount, and arithmetic would round them
_LONGEST_WAIT_SECONDS: Final = 300


def _number(value: object) -> Decimal:
    """Return a number of JSON. A text that looks like one is none."""
    number = Decimal("nan")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, float):  # of whoever does not read exactly
        number = Decimal(repr(value))
    if not number.is_finite():
        raise ValueError("must be a number")
    if len(number.as_tuple().digits) > _MOST_DIGITS:
        raise ValueError("must be a number of fewer digits")
    return number


def _dollars(number: Decimal) -> Decimal:
    if number < 0:
        raise ValueError("must not be negative")
    nusd_of(number)
    return number


def _positive(number: Decimal) -> Decimal:
    if number == 0:
        raise ValueError("must be greater than 0")
    return number


def _wait(number: Decimal) -> Decimal:
    if not 0 <= number <= _LONGEST_WAIT_SECONDS:
        raise ValueError(f"must be between 0 and {_LONGEST_WAIT_SECONDS} seconds")
    if number * 1000 != int(number * 1000):
        raise ValueError("must have at most three digits after the point")
    return number


Usd = Annotated[
    Decimal,
    BeforeValidator(_number),
    AfterValidator(_dollars),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": LARGEST_NUSD // NANO}),
]
PositiveUsd = Annotated[
    Decimal,
    BeforeValidator(_number),
    AfterValidator(_dollars),
    AfterValidator(_positive),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST_NUSD // NANO}),
]
WaitSeconds = Annotated[
    Decimal,
    BeforeValidator(_number),
    AfterValidator(_wait),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": _LONGEST_WAIT_SECONDS}),
]
