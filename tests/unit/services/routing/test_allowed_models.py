"""Which models a limited key may call, and which it is shown."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pytest

from app.core.clock import SystemClock
from app.core.errors import ModelNotAllowedError, ModelNotFoundError, ModelRequiredError
from app.core.gateway_file import GatewayConfig
from app.services.providers.provider import Provider
from app.services.routing.catalogue import Catalogue
from app.services.routing.model_directory import ModelDirectory

GATEWAY = {
    "default_model": "small",
    "upstreams": {
        "hub": {"kind": "huggingface", "base_url": "https://hub.test/v1"},
        "local": {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"},
    },
    "models": {
        "small": {"targets": [{"upstream": "local", "model": "llama"}]},
        "llama:8b": {"targets": [{"upstream": "local", "model": "llama-8b"}]},
    },
}


class Lists:
    async def list_models(self) -> Sequence[Mapping[str, Any]]:
        return [{"id": "org/one"}, {"id": "org/two"}]


@pytest.fixture
def catalogue() -> Catalogue:
    config = GatewayConfig.model_validate(GATEWAY)
    return Catalogue(config, {name: {"1": cast("Provider", Lists())} for name in config.upstreams})


@pytest.fixture
def directory(catalogue: Catalogue) -> ModelDirectory:
    config = GatewayConfig.model_validate(GATEWAY)
    pools = {name: {"1": cast("Provider", Lists())} for name in config.upstreams}
    return ModelDirectory(config, pools, catalogue, SystemClock())


@pytest.mark.parametrize(
    ("allowed", "model"),
    [
        (None, "anything"),
        (("small",), "small"),
        (("small",), None),
        (("small",), "dummy"),
        (("org/*",), "org/one"),
        (("org/one",), "org/one:fastest"),
        (("org/one:groq",), "org/one:groq"),
        (("*:groq",), "org/one:groq"),
        (("hub/*",), "hub/org/one"),
        (("llama:*",), "llama:8b"),
        (("llama",), "llama:70b"),
    ],
)
def test_a_model_that_a_pattern_matches_may_be_called(
    catalogue: Catalogue, allowed: tuple[str, ...] | None, model: str | None
) -> None:
    assert catalogue.resolve(model, allowed)


@pytest.mark.parametrize(
    ("allowed", "model"),
    [
        ((), "small"),
        (("org/*",), "small"),
        (("org/*",), None),  # the default is small
        (("org/*",), "hub/org/one"),  # the same model, but not by this name
        (("org/one:groq",), "org/one"),
        (("org/one:groq",), "org/one:fastest"),
        (("org/one",), "org/one:a:b"),
        (("ORG/ONE",), "org/one"),
        (("small",), "small:fastest"),  # which is none of ours: it would go to Hugging Face
        (("llama",), "llama:8b"),  # which is a name of its own
    ],
)
def test_no_other_model_may_be_called(
    catalogue: Catalogue, allowed: tuple[str, ...], model: str | None
) -> None:
    with pytest.raises(ModelNotAllowedError) as refusal:
        catalogue.resolve(model, allowed)

    assert repr(model or "small") in refusal.value.message
    assert refusal.value.param == "model"


def test_what_exists_is_not_told_to_who_may_not_call_it() -> None:
    config = GatewayConfig.model_validate(
        GATEWAY
        | {
            "default_model": None,
            "upstreams": {
                name: {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}
                for name in ("local", "b")
            },
        }
    )
    catalogue = Catalogue(
        config, {name: {"1": cast("Provider", Lists())} for name in config.upstreams}
    )

    for model in ("small", "nothing"):
        with pytest.raises(ModelNotAllowedError):
            catalogue.resolve(model, ("org/*",))
    with pytest.raises(ModelNotFoundError):
        catalogue.resolve("org/nothing", ("org/*",))
    with pytest.raises(ModelRequiredError):
        catalogue.resolve(None, ("org/*",))


async def test_the_list_is_of_what_may_be_called(directory: ModelDirectory) -> None:
    async def listed(allowed: tuple[str, ...] | None) -> list[str]:
        return [entry["id"] for entry in await directory.list_models(allowed)]

    assert await listed(None) == [
        "small",
        "llama:8b",
        "org/one",
        "org/two",
        "local/org/one",
        "local/org/two",
    ]
    assert await listed(("small", "*/two")) == ["small", "org/two", "local/org/two"]
    assert await listed(()) == []


async def test_one_that_may_not_be_called_is_not_found(directory: ModelDirectory) -> None:
    assert (await directory.require_model("org/one:groq", ("org/one",)))["id"] == "org/one:groq"

    answers: list[str] = []
    for model in ("org/two", "org/nothing"):
        with pytest.raises(ModelNotFoundError) as refusal:
            await directory.require_model(model, ("org/one",))
        answers.append(refusal.value.message.replace(model, "it"))
    assert answers[0] == answers[1]
