"""What `meterhouse.toml` says of models: who answers for them, in which order, and their bounds."""

from enum import StrEnum
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BaseModel, Field

from app.core.gateway_prices import PriceConfig, PriceTerms
from app.core.gateway_table import STRICT
from app.core.gateway_text import check_model_name
from app.core.problems import unknown
from app.core.tasks.catalogue import TASKS, find_task
from app.utils.nearest import nearest

Seconds = Annotated[float, Field(gt=0, le=86_400, allow_inf_nan=False)]
Tokens = Annotated[int, Field(gt=0, le=1_000_000_000)]


class Strategy(StrEnum):
    """In which order the targets of one priority are asked."""

    WEIGHTED = "weighted"  # by chance, in proportion to their weights
    FASTEST = "fastest"  # to the first words, as measured of late
    CHEAPEST = "cheapest"
    LEAST_BUSY = "least_busy"  # fewest running calls for its weight
    STICKY = "sticky"  # the same one for the same end user, or key


_Target = TypeVar("_Target", bound="PlainTarget")

MAX_TARGETS: Final = 50  # of one model


def _known_task(value: str) -> str:
    task = find_task(value)
    if task is None:
        raise ValueError(unknown("task", TASKS, nearest(value, TASKS)))
    return task.name


def _some_targets(value: list[_Target]) -> list[_Target]:
    if not 1 <= len(value) <= MAX_TARGETS:
        raise ValueError(f"must hold 1 to {MAX_TARGETS} targets")
    places = [(target.upstream, target.model) for target in value]
    if len(set(places)) < len(places):
        raise ValueError("names the same model of the same upstream twice; add up their weights")
    return value


class _Strict(BaseModel):
    model_config = STRICT


class TimeoutConfig(_Strict):
    """How long to wait for an upstream, in seconds."""

    connect_seconds: Annotated[Seconds, Field(description="Until the connection stands.")] = 5.0
    first_byte_seconds: Annotated[Seconds, Field(description="Until the answer begins.")] = 60.0
    idle_seconds: Annotated[Seconds, Field(description="Between two pieces of data.")] = 60.0
    total_seconds: Annotated[Seconds, Field(description="For the whole call.")] = 600.0


class TargetTimeouts(_Strict):
    """Time limits of one target, in seconds; what is left out is as for the upstream."""

    connect_seconds: Seconds | None = None
    first_byte_seconds: Seconds | None = None
    idle_seconds: Seconds | None = None
    total_seconds: Seconds | None = None

    def over(self, upstream: TimeoutConfig) -> TimeoutConfig:
        """Return the limits that are in force."""
        return upstream.model_copy(update=self.model_dump(exclude_none=True))


class PlainTarget(_Strict):
    """One upstream with one of its models, without what it costs."""

    upstream: Annotated[str, Field(description="Name of a table under [upstreams].")]
    model: Annotated[
        str, AfterValidator(check_model_name), Field(description="What the upstream calls it.")
    ]
    priority: Annotated[
        int, Field(ge=0, le=1_000, description="Those of the smallest number are asked first.")
    ] = 0
    weight: Annotated[
        float,
        Field(gt=0, le=1_000_000, allow_inf_nan=False, description="Its share of the calls."),
    ] = 1.0
    timeouts: Annotated[
        TargetTimeouts | None, Field(description="Where they are not the upstream's.")
    ] = None


class TargetConfig(PlainTarget):
    """One upstream with one of its models."""

    price: Annotated[
        PriceTerms | None, Field(description="What it costs there; see [[prices]] for more.")
    ] = None


Targets = Annotated[list[PlainTarget], AfterValidator(_some_targets)]


class ModelBounds(_Strict):
    """The most that a call of a model can come to, where neither caller nor upstream says."""

    default_max_output: Annotated[
        Tokens, Field(description="Tokens that a caller without a limit gets at most.")
    ] = 4_096
    context: Annotated[
        Tokens | None,
        Field(description="Tokens read and written at most; without it, what the upstream lists."),
    ] = None
    hides_output: Annotated[
        bool,
        Field(description="It writes more than streams show: hard budgets hold for all at once."),
    ] = False
    image_tokens: Annotated[
        Tokens, Field(description="Tokens that an image counts as at most.")
    ] = 16_384
    audio_tokens: Annotated[
        Tokens, Field(description="Tokens that a piece of audio counts as at most.")
    ] = 32_768
    file_tokens: Annotated[Tokens, Field(description="Tokens that a file counts as at most.")] = (
        131_072
    )


class ModelFields(ModelBounds):
    """All that is said of a model besides its targets."""

    strategy: Annotated[
        Strategy,
        Field(strict=False, description="In which order targets of one priority are asked."),
    ] = Strategy.WEIGHTED
    task: Annotated[
        Annotated[str, AfterValidator(_known_task)] | None,
        Field(description="Hugging Face task that it does; without it, what the Hub says."),
    ] = None


class ModelTerms(ModelFields):
    """What the API says of a model: prices are set on their own there."""

    targets: Annotated[Targets, Field(description="Who answers.")]


class ModelConfig(ModelFields):
    """A public model name and what stands behind it."""

    targets: Annotated[
        list[TargetConfig], AfterValidator(_some_targets), Field(description="Who answers.")
    ]


def price_of(target: TargetConfig) -> PriceConfig | None:
    """Return the price that stands at a target, in the form of all others."""
    if target.price is None:
        return None
    terms = dict(target.price)
    return PriceConfig.model_construct(model=target.model, upstream=target.upstream, **terms)
