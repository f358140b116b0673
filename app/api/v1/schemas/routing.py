"""Where calls go, on the wire."""

from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from app.api.v1.schemas.fields import printable
from app.api.v1.schemas.openai.chat import ChatCompletionRequest
from app.api.v1.schemas.upstreams import WaitReason, WaitSeconds, waits_of
from app.core.gateway_models import Strategy
from app.core.gateway_text import check_model_name
from app.core.money import PER_UNITS, usd_of
from app.services.routing.breaker import BreakerState
from app.services.routing.explain import ExplainedPlan, ExplainedTarget
from app.services.routing.questions import Wondering
from app.services.routing.router import Price
from app.utils.json_values import encoded

_Text = Annotated[str, StringConstraints(pattern=r"\S", max_length=256), AfterValidator(printable)]
_ModelName = Annotated[str, Field(max_length=200), AfterValidator(check_model_name)]
_INPUT: Final = Field(description="For 1,000,000 tokens that are read.")


class ExplainIn(BaseModel):
    """A call that might be made. What is not said here is as the chat says."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"model": "small", "stream": True}]}
    )

    model: Annotated[
        _ModelName | None, Field(description="As a caller names it. Null: the default model.")
    ] = None
    stream: Annotated[bool | None, Field(strict=True)] = None
    user: Annotated[_Text | None, Field(description="Whom the call is for.")] = None
    key_id: Annotated[_Text | None, Field(description="Whose call it is. Null: your own.")] = None
    body: Annotated[
        ChatCompletionRequest | None,
        Field(description="The chat itself: the longer it is, the more it costs."),
    ] = None

    def to_wondering(self) -> Wondering:
        """Return what is asked."""
        body = self.body
        stream = self.stream if body is None or self.stream is not None else body.stream
        return Wondering(
            model=self.model or (body.model if body else None),
            stream=bool(stream),
            end_user=self.user or (body.user if body else None),
            key_id=self.key_id,
            text_bytes=len(encoded(body.model_dump(exclude_unset=True))) if body else 0,
        )


class ExplainedPrice(BaseModel):
    """What a model costs at an upstream, in US dollars, and who says so."""

    source: Annotated[str, Field(description="`meterhouse.toml`, `api`, `import:...`, `upstream`.")]
    input: Annotated[float | None, _INPUT]
    output: Annotated[float | None, Field(description="For 1,000,000 tokens that are written.")]
    per_request: Annotated[float | None, Field(description="For each single request.")]

    @classmethod
    def of(cls, price: Price) -> Self:
        """Build the wire form."""
        facts = price.facts()
        return cls(
            source=facts["source"],
            input=_usd(facts.get("input_token")),
            output=_usd(facts.get("output_token")),
            per_request=_usd(facts.get("request"), PER_UNITS),
        )


class ExplainedTargetOut(BaseModel):
    """One target of the plan."""

    upstream: str
    model: Annotated[str, Field(description="As the upstream calls it.")]
    credential: Annotated[str, Field(description="Its number among those of the upstream.")]
    priority: int
    weight: float
    price: Annotated[ExplainedPrice | None, Field(description="Null: nobody knows it.")]
    likely_cost_usd: Annotated[
        float | None, Field(description="Of this call, to compare targets by.")
    ]
    context: Annotated[int | None, Field(description="Tokens that fit in.")]
    drained: bool
    breaker: BreakerState
    wait_seconds: WaitSeconds
    wait_reason: WaitReason
    running: Annotated[int, Field(description="Calls.")]
    latency_seconds: Annotated[
        float | None, Field(description="Of late, until the first event of a stream or the answer.")
    ]
    why: Annotated[str, Field(description="Why it stands here, in words.")]

    @classmethod
    def of(cls, one: ExplainedTarget) -> Self:
        """Build the wire form."""
        target, candidate = one.target, one.candidate
        return cls(
            upstream=target.upstream,
            model=target.model,
            credential=target.credential,
            priority=target.priority,
            weight=target.weight,
            price=None if one.price is None else ExplainedPrice.of(one.price),
            likely_cost_usd=_usd(candidate.nusd),
            context=one.context,
            drained=one.is_drained,
            breaker=one.view.breaker,
            running=candidate.running,
            latency_seconds=candidate.seconds,
            why=one.why,
            **waits_of(one.view.standing),
        )


class ExplainOut(BaseModel):
    """Where the call would go, who is asked first coming first."""

    model: Annotated[str, Field(description="The public name.")]
    strategy: Strategy
    stream: bool
    user: str | None
    key_id: str | None
    targets: list[ExplainedTargetOut]

    @classmethod
    def of(cls, asked: Wondering, plan: ExplainedPlan) -> Self:
        """Build the wire form."""
        return cls(
            model=plan.name,
            strategy=plan.strategy,
            stream=asked.stream,
            user=asked.end_user,
            key_id=asked.key_id,
            targets=[ExplainedTargetOut.of(one) for one in plan.targets],
        )


def _usd(nusd: Any, parts: int = 1) -> float | None:
    return None if nusd is None else usd_of(nusd) / parts
