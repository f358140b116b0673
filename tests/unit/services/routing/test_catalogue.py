from typing import cast

import pytest

from app.core.errors import ModelNotFoundError, ModelRequiredError
from app.core.gateway_file import GatewayConfig
from app.services.providers.provider import Provider
from app.services.routing.catalogue import Catalogue

HUB = {"kind": "huggingface", "base_url": "https://hub.test/v1"}
LOCAL = {"kind": "openai", "base_url": "http://127.0.0.1:1/v1"}


def _catalogue(**gateway: object) -> Catalogue:
    config = GatewayConfig.model_validate(gateway)
    return Catalogue(config, {name: {"1": cast("Provider", name)} for name in config.upstreams})


def _resolved(catalogue: Catalogue, model: str | None) -> tuple[str, str]:
    (target,) = catalogue.resolve(model).targets
    assert target.provider == target.upstream
    return target.upstream, target.model


def test_a_configured_name_wins_over_everything() -> None:
    catalogue = _catalogue(
        upstreams={"hub": HUB, "local": LOCAL},
        models={"hub/x": {"targets": [{"upstream": "local", "model": "llama"}]}},
    )

    assert _resolved(catalogue, "hub/x") == ("local", "llama")


def test_an_upstreams_name_is_a_prefix() -> None:
    catalogue = _catalogue(upstreams={"hub": HUB, "local": LOCAL})

    assert _resolved(catalogue, "local/qwen/qwen3:8b") == ("local", "qwen/qwen3:8b")


def test_any_other_name_goes_to_hugging_face_with_its_suffix() -> None:
    catalogue = _catalogue(upstreams={"local": LOCAL, "hub": HUB})

    assert _resolved(catalogue, "org/model:fastest") == ("hub", "org/model:fastest")


def test_any_other_name_goes_to_the_only_upstream() -> None:
    assert _resolved(_catalogue(upstreams={"local": LOCAL}), "llama") == ("local", "llama")


def test_a_name_that_nobody_claims_is_not_found() -> None:
    catalogue = _catalogue(upstreams={"local": LOCAL, "other": LOCAL})

    with pytest.raises(ModelNotFoundError, match="GET /v1/models"):
        catalogue.resolve("llama")


@pytest.mark.parametrize("absent", [None, "", "dummy", "http://gw:8000", "https://gw/v1"])
def test_a_call_without_a_model_gets_the_default(absent: str | None) -> None:
    catalogue = _catalogue(upstreams={"hub": HUB}, default_model="hub/org/m")

    assert _resolved(catalogue, absent) == ("hub", "org/m")


def test_the_only_configured_model_is_the_default() -> None:
    catalogue = _catalogue(
        upstreams={"hub": HUB, "local": LOCAL},
        models={"small": {"targets": [{"upstream": "local", "model": "llama"}]}},
    )

    assert _resolved(catalogue, "dummy") == ("local", "llama")


def test_without_a_default_the_error_says_how_to_name_one() -> None:
    with pytest.raises(ModelRequiredError, match="default_model") as refusal:
        _catalogue(upstreams={"hub": HUB}).resolve(None)

    assert refusal.value.param == "model"


@pytest.mark.parametrize("asked", ["small", "tiny", "local/llama", "llama", None])
def test_a_target_has_the_name_that_the_operator_gave_it(asked: str | None) -> None:
    targets = [{"upstream": "local", "model": "llama"}]
    catalogue = _catalogue(
        upstreams={"local": LOCAL},
        models={"small": {"targets": targets}, "tiny": {"targets": targets}},
        default_model="local/llama",
    )

    assert catalogue.resolve(asked).name == ("tiny" if asked == "tiny" else "small")


@pytest.mark.parametrize("asked", ["hub/org/m", "org/m:fastest", "local/llama"])
def test_a_target_without_such_a_name_has_the_one_that_the_caller_used(asked: str) -> None:
    catalogue = _catalogue(upstreams={"local": LOCAL, "hub": HUB})

    assert catalogue.resolve(asked).name == asked


def test_other_models_are_taken_over_and_old_choices_stay_as_they_are() -> None:
    target = {"upstream": "local", "model": "llama"}
    catalogue = _catalogue(
        upstreams={"hub": HUB, "local": LOCAL}, models={"old": {"targets": [target]}}
    )
    before, direct = catalogue.resolve("old"), catalogue.resolve("local/llama")
    assert direct.name == "old"

    other = {"upstreams": {"hub": HUB, "local": LOCAL}, "models": {"new": {"targets": [target]}}}
    catalogue.take(GatewayConfig.model_validate(other))
    assert _resolved(catalogue, "new") == ("local", "llama")
    assert _resolved(catalogue, "old") == ("hub", "old")
    assert catalogue.resolve("local/llama").name == "new"
    assert [one.upstream for one in before.targets] == ["local"]
