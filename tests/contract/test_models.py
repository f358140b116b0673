"""The list of models, as the openai client reads it."""

import pytest
from openai import AsyncOpenAI, NotFoundError, OpenAI


def test_models_are_listed_once_with_what_the_upstream_says(openai_client: OpenAI) -> None:
    models = [*openai_client.models.list()]
    ids = [model.id for model in models]
    assert len(ids) == len({*ids})
    assert {"small", "openai/gpt-oss-20b", "local/openai/gpt-oss-20b"} <= {*ids}
    listed = next(model for model in models if model.id == "openai/gpt-oss-20b")
    providers = (listed.model_extra or {})["providers"]
    assert providers[0]["pricing"] == {"input": 0.075, "output": 0.3}


async def test_models_are_listed_to_the_async_client(async_openai_client: AsyncOpenAI) -> None:
    assert "small" in [model.id async for model in async_openai_client.models.list()]


@pytest.mark.parametrize("name", ["openai/gpt-oss-20b", "openai/gpt-oss-20b:groq", "small"])
def test_a_model_is_found_by_its_encoded_name(openai_client: OpenAI, name: str) -> None:
    model = openai_client.models.retrieve(name)
    assert (model.id, model.object) == (name, "model")


def test_an_unknown_model_is_not_found(openai_client: OpenAI) -> None:
    with pytest.raises(NotFoundError, match="There is no model 'no/such'") as refused:
        openai_client.models.retrieve("no/such")
    assert refused.value.code == "model_not_found"
