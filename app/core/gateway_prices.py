"""What `meterhouse.toml` says about prices, and which of it makes sense."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, model_validator

from app.core.gateway_table import STRICT
from app.core.gateway_text import check_model_name
from app.core.money import PER_UNITS, nusd_of

_NO_MOMENT: Final = "must be a date or a time such as 2026-11-23 or 2026-11-23T18:00:00Z"


def _per_million(value: Any) -> Decimal:
    usd = _usd(value)
    nusd_of(usd)
    return usd


def _per_one(value: Any) -> Decimal:
    usd = _usd(value)
    try:
        nusd_of(usd * PER_UNITS)
    except ValueError:
        raise ValueError("must be less than 1,000 US dollars, of at most 15 digits") from None
    return usd


def _usd(value: Any) -> Decimal:
    """Return an amount as it is written: a binary 0.15 is not exactly 0.15."""
    match value:
        case bool():
            raise ValueError("must be a number")
        case int():
            usd = Decimal(value)
        case float():
            usd = Decimal(repr(value))
        case _:
            raise ValueError("must be a number")
    if not usd.is_finite() or usd < 0:
        raise ValueError("must be an amount of US dollars, 0 or more")
    return usd


def _moment(value: Any) -> datetime:
    """Return a TOML date or time as a moment; without an offset it is UTC's."""
    if not isinstance(value, date):
        raise ValueError(_NO_MOMENT)  # noqa: TRY004 - pydantic wants a ValueError
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(_NO_MOMENT) from None


def check_free(value: Any) -> int | None:
    """Check that the price of a whole upstream, if it has one, is nothing."""
    if value is None:
        return None
    if isinstance(value, bool) or value != 0:
        raise ValueError("must be 0, for everything there is free; prices stand in [[prices]]")
    return 0


TASK_UNITS: Final = (
    *("input_characters", "output_characters", "input_pixels", "output_pixels"),
    *("per_input_second", "per_output_second"),
)
OTHER_UNITS: Final = (*TASK_UNITS, "per_request")  # each makes a price by itself

PerMillion = Annotated[Decimal, BeforeValidator(_per_million)]
PerOne = Annotated[Decimal, BeforeValidator(_per_one)]
Moment = Annotated[datetime, BeforeValidator(_moment)]


class PriceTerms(BaseModel):
    """What a model costs."""

    model_config = STRICT

    input: Annotated[
        PerMillion | None, Field(description="US dollars for 1,000,000 tokens that are read.")
    ] = None
    output: Annotated[
        PerMillion | None, Field(description="US dollars for 1,000,000 tokens that are written.")
    ] = None
    cached_input: Annotated[
        PerMillion | None,
        Field(description="US dollars for 1,000,000 tokens read from the upstream's cache."),
    ] = None
    input_characters: Annotated[
        PerMillion | None, Field(description="US dollars for 1,000,000 characters that are read.")
    ] = None
    output_characters: Annotated[
        PerMillion | None,
        Field(description="US dollars for 1,000,000 characters that are written."),
    ] = None
    input_pixels: Annotated[
        PerMillion | None, Field(description="US dollars for 1,000,000 pixels that are looked at.")
    ] = None
    output_pixels: Annotated[
        PerMillion | None, Field(description="US dollars for 1,000,000 pixels that are made.")
    ] = None
    per_input_second: Annotated[
        PerOne | None, Field(description="US dollars for each second of sound or video that comes.")
    ] = None
    per_output_second: Annotated[
        PerOne | None, Field(description="US dollars for each second of it that is made.")
    ] = None
    per_request: Annotated[
        PerOne | None, Field(description="US dollars for each request, besides its units.")
    ] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problem = incomplete(
            has_input=self.input is not None,
            has_output=self.output is not None,
            has_cached_input=self.cached_input is not None,
            has_another=any(getattr(self, name) is not None for name in OTHER_UNITS),
        )
        if problem is not None:
            raise ValueError(problem)
        return self


class PriceConfig(PriceTerms):
    """What a model costs, from one moment to another."""

    model: Annotated[
        str,
        AfterValidator(check_model_name),
        Field(description="As callers name it, or as the upstream does."),
    ]
    upstream: Annotated[
        str | None, Field(description="Only where this upstream answers; without it, everywhere.")
    ] = None
    valid_from: Annotated[
        Moment | None, Field(description="Since when; without it, always. A date begins in UTC.")
    ] = None
    valid_until: Annotated[
        Moment | None, Field(description="Until when, itself not included; without it, for ever.")
    ] = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise ValueError("valid_until must be later than valid_from")
        return self


def incomplete(
    *, has_input: bool, has_output: bool, has_cached_input: bool, has_another: bool
) -> str | None:
    """Say what a price lacks, or None: nothing is free because somebody forgot it."""
    if has_input != has_output:
        missing = "output" if has_input else "input"
        return f"{missing} is missing; {missing} = 0 says that it is free"
    if has_cached_input and not has_input:
        return "cached_input needs input and output"
    if not has_input and not has_another:
        return "needs input and output, or per_request, or a unit of tasks such as output_pixels"
    return None


def overlaps(prices: Mapping[str, PriceConfig]) -> Iterator[str]:
    """Yield a problem for each price, by its field, that holds at the same time as one before."""
    for place, (field, price) in enumerate(prices.items()):
        for other, earlier in islice(prices.items(), place):
            if _overlap(earlier, price):
                at = f" at {price.upstream}" if price.upstream else ""
                yield (
                    f"{field}: {price.model}{at} has a price by {other} then; "
                    "let one end (valid_until) before the other begins (valid_from)"
                )
                break


def _overlap(one: PriceConfig, other: PriceConfig) -> bool:
    if (one.model, one.upstream) != (other.model, other.upstream):
        return False
    return _begins_before_end(one, other) and _begins_before_end(other, one)


def _begins_before_end(one: PriceConfig, other: PriceConfig) -> bool:
    return not one.valid_from or not other.valid_until or one.valid_from < other.valid_until
