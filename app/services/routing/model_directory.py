"""What `GET /v1/models` shows: configured models, and what the upstreams list themselves."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from app.core.clock import Clock
from app.core.errors import ModelNotFoundError, UpstreamError
from app.core.gateway_file import GatewayConfig
from app.services.routing.catalogue import Catalogue, Patterns, Pool
from app.services.routing.target import FIRST_CREDENTIAL, Target

FRESH_SECONDS: Final = 600.0
FAILED_SECONDS: Final = 30.0  # how long an upstream that did not answer is left alone
LOOK_SECONDS: Final = FAILED_SECONDS  # how often what prices depend on is made sure to be fresh

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(slots=True)
class _Listing:
    """What one upstream lists, and until when that is good."""

    entries: Sequence[Mapping[str, Any]] = ()
    by_id: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    fresh_until: float = float("-inf")


class ModelDirectory:
    """Lists models. Upstreams are asked at most every ten minutes, and by one caller at a time."""

    def __init__(
        self,
        gateway: GatewayConfig,
        pools: Mapping[str, Pool],
        catalogue: Catalogue,
        clock: Clock,
    ) -> None:
        """Take the configured models, and whom to ask for more. Nobody is asked yet."""
        self._gateway = gateway
        self.catalogue = catalogue
        self._providers = {name: next(iter(pool.values())) for name, pool in pools.items()}
        self._clock = clock
        self._listings = {name: _Listing() for name in pools}
        self._locks = {name: asyncio.Lock() for name in pools}
        self._version = 0

    @property
    def version(self) -> int:
        """Return a number that changes whenever an upstream has been listed anew."""
        return self._version

    def take(self, gateway: GatewayConfig) -> None:
        """Take other models over the same upstreams."""
        self._gateway = gateway

    def known(self, upstream: str, model: str) -> Mapping[str, Any] | None:
        """Return what an upstream listed last of a model, or None. Nobody is asked."""
        listing = self._listings.get(upstream)
        return None if listing is None else listing.by_id.get(model)

    def all_known(self, upstream: str) -> Sequence[Mapping[str, Any]]:
        """Return all that an upstream listed last. Nobody is asked."""
        return self._listings[upstream].entries

    async def keep_known(self) -> None:
        """List again and again what prices depend on: the models of Hugging Face's routers."""
        routers = [
            name for name, config in self._gateway.upstreams.items() if config.kind == "huggingface"
        ]
        while True:
            async with asyncio.TaskGroup() as group:
                for name in routers:
                    group.create_task(self._listed(name))
            await asyncio.sleep(LOOK_SECONDS)

    async def list_models(self, allowed: Patterns = None) -> list[Mapping[str, Any]]:
        """Return every model once: configured ones, then each upstream's under its callable name.

        What is not allowed is left out.

        An upstream that does not answer contributes what it listed last.
        """
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._listed(name)) for name in self._providers]
        listed = dict(zip(self._providers, (task.result() for task in asked), strict=True))
        found: dict[str, Mapping[str, Any]] = {}
        for name, model in self._gateway.models.items():
            target = model.targets[0]
            details = _find(listed[target.upstream], target.model) or {}
            found[name] = {**details, "id": name, "owned_by": target.upstream}
        for upstream, entries in listed.items():
            for entry in entries:
                name = self._callable_name(upstream, entry["id"])
                found.setdefault(name, {"owned_by": upstream, **entry, "id": name})
        return [one for name, one in found.items() if self.catalogue.is_allowed(name, allowed)]

    async def list_targets(self) -> Sequence[tuple[str, Target]]:
        """Return every name that is listed, and who answers for it."""
        names = [listed["id"] for listed in await self.list_models()]
        found = ((name, self.catalogue.find(name)) for name in names)
        return [
            (name, target)
            for name, choice in found
            if choice is not None
            for target in choice.targets
            if target.credential == FIRST_CREDENTIAL
        ]

    async def require_model(self, name: str, allowed: Patterns = None) -> Mapping[str, Any]:
        """Return one model by its name, with or without a suffix after the last colon.

        Raises:
            ModelNotFoundError: it is in no list, or not allowed.
        """
        models = await self.list_models()
        entry = _find(models, name)
        base, _, suffix = name.rpartition(":")
        if entry is None and suffix and base not in self._gateway.models:
            entry = _find(models, base)  # Hugging Face's suffixes: `:fastest`, `:groq`
        if entry is None or not self.catalogue.is_allowed(name, allowed):
            raise ModelNotFoundError(
                f"There is no model {name!r} in the list. GET /v1/models shows it.", param="model"
            )
        return {**entry, "id": name}

    def _callable_name(self, upstream: str, model: str) -> str:
        """Return the name under which the catalogue finds a model of an upstream."""
        found = self.catalogue.find(model)
        direct = found is not None and any(
            (target.upstream, target.model) == (upstream, model) for target in found.targets
        )
        return model if direct else f"{upstream}/{model}"

    async def _listed(self, upstream: str) -> Sequence[Mapping[str, Any]]:
        listing = self._listings[upstream]
        async with self._locks[upstream]:
            if self._clock.monotonic() < listing.fresh_until:
                return listing.entries
            seconds = FRESH_SECONDS
            try:
                listing.entries = await self._providers[upstream].list_models()
                listing.by_id = {entry["id"]: entry for entry in listing.entries}
                self._version += 1
            except UpstreamError as error:
                _log.warning("models_not_listed", upstream=upstream, reason=error.message)
                seconds = FAILED_SECONDS
            listing.fresh_until = self._clock.monotonic() + seconds
            return listing.entries


def _find(entries: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    return next((entry for entry in entries if entry["id"] == name), None)
