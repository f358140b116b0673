"""Prices on the wire, in US dollars: numbers with at most nine digits after the point."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from app.api.v1.schemas.amounts import Usd
from app.api.v1.schemas.fields import moment
from app.api.v1.schemas.page import PageOut
from app.core.clock import from_epoch_ms
from app.core.gateway_prices import OTHER_UNITS, incomplete
from app.core.gateway_text import check_model_name
from app.core.money import PER_UNITS, usd_of
from app.services.prices.missing import MissingPrice
from app.services.prices.price import Price, PricedUnit
from app.services.prices.price_import import Imported, KnownList
from app.services.prices.prices import PriceState, ShownPrice
from app.services.prices.stated_price import units_of
from app.services.prices.timeline import PriceWish
from app.utils.paging import Page

MOST_PRICES: Final = 500  # in one request: the ledger waits while they are written
_LARGEST_FEE: Final = 999
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)


def _fee(usd: Decimal) -> Decimal:
    if usd > _LARGEST_FEE:
        raise ValueError(f"must be at most {_LARGEST_FEE} US dollars")
    return usd


Fee = Annotated[
    Usd,
    AfterValidator(_fee),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": _LARGEST_FEE}),
]
_Model = Annotated[
    str,
    AfterValidator(check_model_name),
    Field(max_length=200, description="As callers name it, or as the upstream does."),
]
_Upstream = Annotated[
    str,
    StringConstraints(min_length=1, max_length=32),
    Field(description="Only where this upstream answers. Null: wherever the model runs."),
]
_INPUT: Final = Field(description="For 1,000,000 tokens that are read.")
_OUTPUT: Final = Field(description="For 1,000,000 tokens that are written.")
_CACHED: Final = Field(
    description="For 1,000,000 tokens read from the upstream's cache. Null: as others."
)
_REQUEST: Final = Field(description="For each single request, besides its units.")
_INPUT_CHARACTERS: Final = Field(description="For 1,000,000 characters that a task reads.")
_OUTPUT_CHARACTERS: Final = Field(description="For 1,000,000 characters that it writes.")
_INPUT_PIXELS: Final = Field(description="For 1,000,000 pixels that it looks at.")
_OUTPUT_PIXELS: Final = Field(description="For 1,000,000 pixels that it makes.")
_INPUT_SECOND: Final = Field(description="For each second of sound or video that it takes.")
_OUTPUT_SECOND: Final = Field(description="For each second of it that it makes.")


class PriceTerms(BaseModel):
    """What a model costs: `input` and `output`, or `per_request`, or all of them."""

    model_config = ConfigDict(extra="forbid")

    model: _Model
    upstream: _Upstream | None = None
    input: Annotated[Usd | None, _INPUT] = None
    output: Annotated[Usd | None, _OUTPUT] = None
    cached_input: Annotated[Usd | None, _CACHED] = None
    input_characters: Annotated[Usd | None, _INPUT_CHARACTERS] = None
    output_characters: Annotated[Usd | None, _OUTPUT_CHARACTERS] = None
    input_pixels: Annotated[Usd | None, _INPUT_PIXELS] = None
    output_pixels: Annotated[Usd | None, _OUTPUT_PIXELS] = None
    per_input_second: Annotated[Fee | None, _INPUT_SECOND] = None
    per_output_second: Annotated[Fee | None, _OUTPUT_SECOND] = None
    per_request: Annotated[Fee | None, _REQUEST] = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problem = incomplete(
            has_input=self.input is not None,
            has_output=self.output is not None,
            has_cached_input=self.cached_input is not None,
            has_another=any(getattr(self, name) is not None for name in OTHER_UNITS),
        )
        if problem is not None:
            raise ValueError(f"is no whole price: {problem}")
        return self

    def to_wish(self, valid_from: datetime | None = None) -> PriceWish:
        """Return what is asked for."""
        units = units_of(self)
        return PriceWish(self.model, self.upstream, units, valid_from)


class PriceCreate(PriceTerms):
    """What an admin sends to set a price."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": "openai/gpt-oss-20b", "input": 0.05, "output": 0.2}]
        }
    )

    valid_from: Annotated[
        AwareDatetime | None,
        Field(lt=_LATEST, description="Not before now. Null: from now on."),
    ] = None


class PriceImportIn(BaseModel):
    """What an admin sends to take over a part of somebody's list."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[KnownList, Field(description="Whose list it is.")]
    prices: Annotated[list[PriceTerms], Field(min_length=1, max_length=MOST_PRICES)]


class LeftOut(BaseModel):
    """How many prices are for an upstream that is not configured."""

    upstream: str
    prices: int


class PriceImportOut(BaseModel):
    """What became of the prices that were sent."""

    created: int
    unchanged: int
    kept: Annotated[int, Field(description="What was set by hand stays as it is.")]
    left_out: list[LeftOut]

    @classmethod
    def of(cls, imported: Imported) -> Self:
        """Build the wire form."""
        return cls(
            created=imported.created,
            unchanged=imported.unchanged,
            kept=imported.kept,
            left_out=[
                LeftOut(upstream=name, prices=count)
                for name, count in sorted(imported.unknown_upstreams.items())
            ],
        )


class PriceOut(BaseModel):
    """What is seen of a price, whoever states it."""

    id: Annotated[str | None, Field(description="Null: it was not set over the API.")]
    model: Annotated[str | None, Field(description="Null: everything at the upstream.")]
    upstream: str | None
    source: Annotated[str, Field(description="`meterhouse.toml`, `api`, `import:...`, `upstream`.")]
    input: Annotated[float | None, _INPUT]
    output: Annotated[float | None, _OUTPUT]
    cached_input: Annotated[float | None, _CACHED]
    input_characters: Annotated[float | None, _INPUT_CHARACTERS]
    output_characters: Annotated[float | None, _OUTPUT_CHARACTERS]
    input_pixels: Annotated[float | None, _INPUT_PIXELS]
    output_pixels: Annotated[float | None, _OUTPUT_PIXELS]
    per_input_second: Annotated[float | None, _INPUT_SECOND]
    per_output_second: Annotated[float | None, _OUTPUT_SECOND]
    per_request: Annotated[float | None, _REQUEST]
    valid_from: datetime | None
    valid_until: Annotated[datetime | None, Field(description="Itself not included.")]
    state: Annotated[PriceState, Field(description="`quoted` is used for calls now.")]
    overridden_by: Annotated[str | None, Field(description="The source that goes first.")]

    @classmethod
    def of(cls, shown: ShownPrice) -> Self:
        """Build the wire form of a price."""
        stated = shown.stated
        price = stated.price
        return cls(
            id=stated.id,
            model=stated.model,
            upstream=stated.upstream,
            source=stated.price.source,
            input=_usd(price, PricedUnit.INPUT_TOKEN),
            output=_usd(price, PricedUnit.OUTPUT_TOKEN),
            cached_input=_usd(price, PricedUnit.CACHED_INPUT_TOKEN),
            input_characters=_usd(price, PricedUnit.INPUT_CHARACTER),
            output_characters=_usd(price, PricedUnit.OUTPUT_CHARACTER),
            input_pixels=_usd(price, PricedUnit.INPUT_PIXEL),
            output_pixels=_usd(price, PricedUnit.OUTPUT_PIXEL),
            per_input_second=_usd(price, PricedUnit.INPUT_SECOND, PER_UNITS),
            per_output_second=_usd(price, PricedUnit.OUTPUT_SECOND, PER_UNITS),
            per_request=_usd(price, PricedUnit.REQUEST, PER_UNITS),
            valid_from=moment(stated.from_ms),
            valid_until=moment(stated.until_ms),
            state=shown.state,
            overridden_by=shown.overridden_by,
        )


class PriceList(PageOut[PriceOut]):
    """One page of prices that were set over the API, newest first."""

    @classmethod
    def of(cls, page: Page[ShownPrice]) -> Self:
        """Build the wire form of a page."""
        return cls.build(page, PriceOut.of, lambda out: out.id)


class GivenPrices(BaseModel):
    """What `meterhouse.toml` and the upstreams say, all of it."""

    object: Literal["list"]
    data: list[PriceOut]

    @classmethod
    def of(cls, prices: Sequence[ShownPrice]) -> Self:
        """Build the wire form."""
        return cls(object="list", data=[PriceOut.of(shown) for shown in prices])


class MissingPriceOut(BaseModel):
    """A model whose price nobody knows."""

    model: str
    upstream: str
    upstream_model: str
    pin: Annotated[
        str | None, Field(description="What calls under a budget are sent to, at a known price.")
    ]
    calls: Annotated[int, Field(description="Of the last 30 days, those whose price nobody knew.")]
    last_called_at: datetime | None

    @classmethod
    def of(cls, missing: MissingPrice) -> Self:
        """Build the wire form."""
        last_ms = missing.last_called_at_ms
        return cls(
            model=missing.model,
            upstream=missing.upstream,
            upstream_model=missing.upstream_model,
            pin=missing.pin,
            calls=missing.calls,
            last_called_at=None if last_ms is None else from_epoch_ms(last_ms),
        )


class MissingPriceList(BaseModel):
    """Models without a price: those that were called, and those that can be."""

    object: Literal["list"]
    data: list[MissingPriceOut]

    @classmethod
    def of(cls, found: Sequence[MissingPrice]) -> Self:
        """Build the wire form."""
        return cls(object="list", data=[MissingPriceOut.of(one) for one in found])


def _usd(price: Price, unit: PricedUnit, parts: int = 1) -> float | None:
    nusd = price.units.get(unit)
    return None if nusd is None else usd_of(nusd) / parts
