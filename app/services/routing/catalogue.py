"""From the model a caller names to the upstream that answers."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from app.core.errors import ModelNotAllowedError, ModelNotFoundError, ModelRequiredError
from app.core.gateway_file import GatewayConfig
from app.core.gateway_models import ModelBounds, ModelConfig, TargetConfig
from app.services.model_patterns import allow
from app.services.providers.provider import Provider
from app.services.routing.plan import Choice
from app.services.routing.target import Target

Patterns: TypeAlias = Sequence[str] | None  # None: all models
Pool: TypeAlias = Mapping[str, Provider]  # of one upstream, by the number of its credential

# `huggingface_hub` sends "dummy", and Hugging Face's JavaScript client the gateway's own URL, when
# the caller named no model.
_NO_MODEL: Final = "dummy"
_MAX_ASKED: Final = 1_000
_BOUNDS: Final = ModelBounds()
_URL_PREFIXES: Final = ("http://", "https://")


class Catalogue:
    """Every model that can be called.

    A name is first looked up among the models of `meterhouse.toml`; then `<upstream>/<model>` is
    tried; any other name goes to the Hugging Face upstream, or to the only upstream there is.
    """

    def __init__(self, gateway: GatewayConfig, pools: Mapping[str, Pool]) -> None:
        """Take the configuration and the providers of each of its upstreams."""
        self._pools = pools
        self._fallback = _fallback(gateway)
        self.take(gateway)

    def take(self, gateway: GatewayConfig) -> None:
        """Take other models over the same upstreams. Calls that run keep their targets."""
        self._gateway = gateway
        self._names = _names(gateway)
        self._asked: dict[str, Choice] = {}  # that nobody has configured
        self._configured = {
            name: self._choice(name, model) for name, model in gateway.models.items()
        }

    def resolve(self, model: str | None, allowed: Patterns = None) -> Choice:
        """Return who answers for a model, or for the default model where none is named.

        Raises:
            ModelRequiredError: no model is named and none is the default.
            ModelNotAllowedError: it is none of those that are allowed.
            ModelNotFoundError: no upstream answers for this name.
        """
        name = self._default() if model is None or is_absent(model) else model
        if name is None:
            raise ModelRequiredError(
                'Name a model: "model": "...". GET /v1/models lists them. '
                "An operator can set default_model in meterhouse.toml.",
                param="model",
            )
        if allowed is not None and not self.is_allowed(name, allowed):
            raise ModelNotAllowedError(
                f"Your key may not call the model {name!r}. GET /v1/models lists those that it "
                "may; whoever runs this gateway can issue one that may call others.",
                param="model",
            )
        choice = self.find(name)
        if choice is None:
            raise ModelNotFoundError(
                f"There is no model {name!r} here. GET /v1/models lists them; "
                "<upstream>/<model> names one of an upstream directly.",
                param="model",
            )
        return choice

    def is_allowed(self, name: str, allowed: Patterns) -> bool:
        """Say whether a name is one of those that are allowed.

        A suffix such as `:fastest` is the caller's to choose, unless a pattern names one. Names of
        `meterhouse.toml` have none: with one added, they would go somewhere else.
        """
        if allowed is None:
            return True
        base = name.rpartition(":")[0]
        if not base or name in self._gateway.models or base in self._gateway.models:
            return allow(allowed, name)
        return allow(allowed, name, base)

    def bounds_of(self, name: str) -> ModelBounds:
        """Return what a call of a model can come to at most, as far as the operator says."""
        return self._gateway.models.get(name, _BOUNDS)

    def find(self, name: str) -> Choice | None:
        """Return who answers for a name, or None where nobody does."""
        known = self._configured.get(name) or self._asked.get(name)
        if known is not None:
            return known
        upstream, _, rest = name.partition("/")
        if rest and upstream in self._pools:
            return self._unnamed(upstream, rest, name)
        return self._unnamed(self._fallback, name, name) if self._fallback is not None else None

    def _unnamed(self, upstream: str, model: str, name: str) -> Choice:
        """Return a target that was asked for by itself: somebody may have named it."""
        target = TargetConfig.model_construct(upstream=upstream, model=model)
        choice = Choice(self._names.get((upstream, model), name), self._targets(target))
        if len(self._asked) >= _MAX_ASKED:
            self._asked.clear()
        self._asked[name] = choice
        return choice

    def _choice(self, name: str, model: ModelConfig) -> Choice:
        targets = [one for target in model.targets for one in self._targets(target)]
        return Choice(name, targets, model.strategy)

    def _targets(self, config: TargetConfig) -> Sequence[Target]:
        """Return a target for each credential that its upstream can be asked with."""
        pool, limits = self._pools[config.upstream], self._gateway.upstreams[config.upstream]
        timeouts = limits.timeouts
        return [
            Target(
                upstream=config.upstream,
                model=config.model,
                provider=provider,
                credential=credential,
                priority=config.priority,
                weight=config.weight / len(pool),
                timeouts=config.timeouts.over(timeouts) if config.timeouts else timeouts,
            )
            for credential, provider in pool.items()
        ]

    def default_for(self, allowed: Patterns) -> str | None:
        """Return the model of calls that name none, or None where they are refused."""
        name = self._default()
        return name if name is not None and self.is_allowed(name, allowed) else None

    def _default(self) -> str | None:
        if self._gateway.default_model is None and len(self._gateway.models) == 1:
            return next(iter(self._gateway.models))
        return self._gateway.default_model


def is_absent(model: str) -> bool:
    """Return whether a name stands for no name at all."""
    return not model or model == _NO_MODEL or model.startswith(_URL_PREFIXES)


def _names(gateway: GatewayConfig) -> Mapping[tuple[str, str], str]:
    """Return the public name of each configured target: the first, where there are several."""
    names: dict[tuple[str, str], str] = {}
    for name, model in gateway.models.items():
        for target in model.targets:
            names.setdefault((target.upstream, target.model), name)
    return names


def _fallback(gateway: GatewayConfig) -> str | None:
    """Return the upstream for names that nobody configured, or None where that is ambiguous."""
    upstreams = gateway.upstreams
    hubs = [name for name, upstream in upstreams.items() if upstream.kind == "huggingface"]
    if len(hubs) == 1:
        return hubs[0]
    return next(iter(upstreams)) if len(upstreams) == 1 else None
