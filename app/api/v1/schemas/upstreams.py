"""Upstreams on the wire. A token is in none of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal, Self, TypedDict
from urllib.parse import urlsplit

from pydantic import BaseModel, Field

from app.core.clock import from_epoch_ms
from app.core.gateway_file import UpstreamKind
from app.core.redaction import redact_text
from app.services.routing.breaker import BreakerState
from app.services.routing.health import Standing
from app.services.routing.target_health import Trouble
from app.services.routing.upstream_views import TargetView, UpstreamView

_LONGEST_MESSAGE: Final = 500

WaitSeconds = Annotated[
    float, Field(description="Until it can be asked, as far as is known; 0: now.")
]
WaitReason = Annotated[
    str | None,
    Field(description="`breaker_open`, `breaker_half_open`, or the code of an upstream's error."),
]


class UpstreamTrouble(BaseModel):
    """The last error of a target."""

    code: str
    message: str
    at: datetime

    @classmethod
    def of(cls, trouble: Trouble) -> Self:
        """Build the wire form. What an upstream says may hold anything: secrets are left out."""
        message = redact_text(trouble.message)[:_LONGEST_MESSAGE]
        return cls(code=trouble.code, message=message, at=from_epoch_ms(trouble.at_ms))


class CredentialOut(BaseModel):
    """One of an upstream's tokens, by its number in `meterhouse.toml`."""

    number: str
    wait_seconds: WaitSeconds
    wait_reason: WaitReason

    @classmethod
    def of(cls, number: str, standing: Standing) -> Self:
        """Build the wire form."""
        return cls(number=number, **waits_of(standing))


class UpstreamTargetOut(BaseModel):
    """One model of an upstream under one credential."""

    model: Annotated[str, Field(description="As the upstream calls it.")]
    credential: str
    breaker: BreakerState
    wait_seconds: WaitSeconds
    wait_reason: WaitReason
    running: Annotated[int, Field(description="Calls.")]
    first_event_seconds: Annotated[
        float | None, Field(description="Of streams of late: until their first event.")
    ]
    whole_seconds: Annotated[float | None, Field(description="Of whole answers of late.")]
    last_error: UpstreamTrouble | None

    @classmethod
    def of(cls, view: TargetView) -> Self:
        """Build the wire form."""
        health = view.health
        return cls(
            model=view.model,
            credential=view.credential,
            breaker=view.breaker,
            running=health.running,
            first_event_seconds=health.measured(stream=True),
            whole_seconds=health.measured(stream=False),
            last_error=None if health.trouble is None else UpstreamTrouble.of(health.trouble),
            **waits_of(view.standing),
        )


class UpstreamOut(BaseModel):
    """What one process knows of an upstream since it was started."""

    name: str
    kind: UpstreamKind
    host: str
    simulated: bool
    drained: Annotated[bool, Field(description="An operator lets no new call go there.")]
    running: Annotated[int, Field(description="Calls that it is working on.")]
    waiting: Annotated[int, Field(description="Calls that wait for room.")]
    max_parallel: Annotated[int | None, Field(description="Calls at once; null: any number.")]
    retries_left: Annotated[int, Field(description="Repeats that could be made at once.")]
    credentials: list[CredentialOut]
    targets: Annotated[
        list[UpstreamTargetOut],
        Field(description="Those that were asked, at most 100, the last asked first."),
    ]

    @classmethod
    def of(cls, view: UpstreamView) -> Self:
        """Build the wire form."""
        config = view.config
        return cls(
            name=view.name,
            kind=config.kind,
            host=_host(config.base_url),
            simulated=config.simulated,
            drained=view.is_drained,
            running=view.running,
            waiting=view.waiting,
            max_parallel=config.max_parallel,
            retries_left=view.retries_left,
            credentials=[CredentialOut.of(*one) for one in view.credentials.items()],
            targets=[UpstreamTargetOut.of(one) for one in view.targets],
        )


class UpstreamList(BaseModel):
    """Every upstream, in the order of `meterhouse.toml`."""

    object: Literal["list"]
    data: list[UpstreamOut]

    @classmethod
    def of(cls, views: Sequence[UpstreamView]) -> Self:
        """Build the wire form."""
        return cls(object="list", data=[UpstreamOut.of(one) for one in views])


class Waits(TypedDict):
    """How long a target has to be waited for, and why."""

    wait_seconds: float
    wait_reason: str | None


def waits_of(standing: Standing) -> Waits:
    """Return the fields that say whether something can be asked now."""
    seconds = round(standing.wait_seconds, 3)
    return Waits(wait_seconds=seconds, wait_reason=standing.reason or None)


def _host(base_url: str) -> str:
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    return host if parts.port is None else f"{host}:{parts.port}"
