"""Which model a newcomer tries first, and why there is none."""

import asyncio
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from app.core.clock import SystemClock
from app.core.errors import (
    UpstreamCredentialsError,
    UpstreamCreditsError,
    UpstreamError,
    UpstreamTimeoutError,
    UpstreamUnreachableError,
)
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.services.providers.http_client import open_client
from app.services.providers.kinds import provider_of
from app.simulator.catalogue import MODELS

_SECONDS: Final = 3.0
_WAYS_OUT: Final[Mapping[type[UpstreamError], tuple[str, str]]] = {
    UpstreamCredentialsError: (
        "refuses the token (401 or 403)",
        "Set one that may call Inference Providers: https://huggingface.co/settings/tokens",
    ),
    UpstreamCreditsError: (
        "has no credits left for this token (402)",
        "Add some; Hugging Face's are at https://huggingface.co/settings/billing",
    ),
    UpstreamTimeoutError: (
        f"does not answer within {_SECONDS:.0f} s (timeout)",
        "Check this machine's way to the internet; `meterhouse serve --simulate` needs none.",
    ),
    UpstreamUnreachableError: (
        "cannot be connected to",
        "Check that it runs and that this machine may reach it.",
    ),
}
_NO_NAME: Final = (
    "has no address (DNS)",
    "Check this machine's network and DNS; `meterhouse serve --simulate` needs none.",
)


@dataclass(frozen=True, slots=True)
class NoModel:
    """Why no model can be named, and what to do about it."""

    reason: str
    way_out: str


async def find_model(gateway: GatewayConfig) -> str | NoModel:
    """Return a model that answers: the configured one, else a cheap live one of an upstream."""
    if gateway.default_model is not None or gateway.models:
        return gateway.default_model or next(iter(gateway.models))
    if all(upstream.simulated for upstream in gateway.upstreams.values()):
        return MODELS[0].id  # it answers for any; this one exists in earnest too
    name, upstream = _preferred(gateway)
    try:
        async with asyncio.timeout(_SECONDS):
            found = _cheapest(await _list_models(name, upstream))
    except (UpstreamError, TimeoutError) as error:
        return _explain(error, upstream)
    if found is None:
        return NoModel(f"{name} lists no model that is live.", "Ask again later.")
    is_direct = upstream.kind == "huggingface" or len(gateway.upstreams) == 1
    return found if is_direct else f"{name}/{found}"


def _preferred(gateway: GatewayConfig) -> tuple[str, UpstreamConfig]:
    hubs = [one for one in gateway.upstreams.items() if one[1].kind == "huggingface"]
    return (hubs or list(gateway.upstreams.items()))[0]


async def _list_models(name: str, upstream: UpstreamConfig) -> Sequence[Mapping[str, Any]]:
    async with open_client() as client:
        return await provider_of(name, upstream, client, SystemClock()).list_models()


def _cheapest(models: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the model of the cheapest live provider, pinned to it, else the first unpriced one."""
    priced = sorted(offer for model in models for offer in _offers(model))
    if priced:
        return priced[0][1]
    plain = [str(model["id"]) for model in models if not model.get("providers")]
    return plain[0] if plain else None


def _offers(model: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """Yield what each live provider of a text model asks for, as far as the upstream says it."""
    match model:
        case {"architecture": {"output_modalities": [*outputs]}} if "text" not in outputs:
            return
        case {"id": str(name), "providers": [*providers]}:
            for provider in providers:
                match provider:
                    case {"status": "live", "provider": str(pin)}:
                        price = _price(cast("Mapping[str, Any]", provider))
                        if price is not None:
                            yield price, f"{name}:{pin}"
                    case _:
                        pass
        case _:
            pass


def _price(provider: Mapping[str, Any]) -> float | None:
    """Return US dollars for a million tokens in and a million out; None where nobody says."""
    match provider:
        case {"is_free": True}:
            return 0.0
        case {"pricing": {"input": int() | float() as asked, "output": int() | float() as given}}:
            return float(asked + given)
        case _:
            return None


def _explain(error: Exception, upstream: UpstreamConfig) -> NoModel:
    host = urlsplit(upstream.base_url).netloc
    if _is_dns(error):
        what, way_out = _NO_NAME
    elif isinstance(error, TimeoutError):
        what, way_out = _WAYS_OUT[UpstreamTimeoutError]
    else:
        what, way_out = next(
            (words for kind, words in _WAYS_OUT.items() if isinstance(error, kind)),
            (f"fails: {error}", "Its documentation may say more."),
        )
    return NoModel(f"{host} {what}.", way_out)


def _is_dns(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__ or getattr(error, "os_error", None)
    return False
