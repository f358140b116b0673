"""Numbers and texts that may satisfy a list of schemas at once, the plainest first."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from app.simulator.json_schema.keywords import (
    Schema,
    SchemaError,
    count_of,
    number_of,
    text_of,
)
from app.simulator.json_schema.patterns import samples

MARK: Final = "[simulator]"
MAX_SIZE: Final = 10_000
_VARIANTS: Final = 28

# `{n}` counts from 1, so that unique values can be made of every format.
FORMATS: Final[dict[str, str]] = {
    "date-time": "2026-01-{n:02}T00:00:00Z",
    "date": "2026-01-{n:02}",
    "time": "00:00:{n:02}Z",
    "duration": "P{n}D",
    "email": "simulator{n}@example.com",
    "idn-email": "simulator{n}@example.com",
    "hostname": "simulator{n}.example.com",
    "idn-hostname": "simulator{n}.example.com",
    "ipv4": "127.0.0.{n}",
    "ipv6": "::{n}",
    "uri": "https://example.com/simulator/{n}",
    "url": "https://example.com/simulator/{n}",
    "uri-reference": "/simulator/{n}",
    "uri-template": "/simulator/{n}",
    "iri": "https://example.com/simulator/{n}",
    "iri-reference": "/simulator/{n}",
    "uuid": "00000000-0000-4000-8000-{n:012}",
    "json-pointer": "/simulator/{n}",
    "relative-json-pointer": "{n}",
    "regex": "simulator{n}",
    "byte": "c2ltdWxhdG9y",
    "binary": "simulator{n}",
}


def numbers(schemas: Sequence[Schema]) -> Iterator[int | float]:
    """Yield numbers that the bounds of all schemas may allow, whole ones first."""
    low = max(_bounds(schemas, "minimum", "exclusiveMinimum"), default=None)
    high = min(_bounds(schemas, "maximum", "exclusiveMaximum"), default=None)
    steps = [step for step in _bounds(schemas, "multipleOf") if step > 0]
    start = 0 if low is None or low <= 0 else math.ceil(low)
    if high is not None and start > high:
        start = math.floor(high)
    for step in steps:
        # Multiples of the step, and those of its numerator: they are whole.
        for size in (Fraction(Fraction(str(step)).numerator), Fraction(str(step))):
            yield from _multiples(size, start)
    for distance in range(_VARIANTS):
        yield from (start + distance, start - distance)
    yield from _between(low, high)


def texts(schemas: Sequence[Schema]) -> Iterator[str]:
    """Yield texts that the lengths, formats and patterns of all schemas may allow."""
    shortest = max((count_of(one, "minLength") for one in schemas), default=0)
    limits = (count_of(one, "maxLength", default=MAX_SIZE) for one in schemas)
    longest = min(limits, default=MAX_SIZE)
    if shortest > MAX_SIZE:
        raise SchemaError(f"minLength is over what the simulator makes: {MAX_SIZE}.")
    for one in schemas:
        form = FORMATS.get(text_of(one, "format") or "")
        if form is not None:
            yield from (form.format(n=n) for n in range(1, _VARIANTS + 1))
            return
    for one in schemas:
        if pattern := text_of(one, "pattern"):
            yield from samples(pattern, at_least=shortest)
    for n in range(1, _VARIANTS + 1):
        text = MARK if n == 1 else f"{n} {MARK}"
        yield (text + "." * (shortest - len(text)))[:longest]


def _bounds(schemas: Sequence[Schema], *keywords: str) -> list[int | float]:
    found = (number_of(one, keyword) for one in schemas for keyword in keywords)
    return [bound for bound in found if bound is not None]


def _multiples(step: Fraction, start: int) -> Iterator[int | float]:
    first = math.ceil(start / step)
    for at in range(first - 2, first + _VARIANTS):
        value = at * step
        yield int(value) if value.denominator == 1 else float(value)


def _between(low: float | None, high: float | None) -> Iterator[float]:
    if low is not None and high is not None:
        yield from (low + (high - low) * part / 32 for part in (16, *range(33)))
        yield from (math.nextafter(low, high), math.nextafter(high, low))
    yield 0.5
