"""The form of completions."""

import pytest
from pydantic import ValidationError

from app.api.v1.schemas.openai.completions import CompletionRequest


def test_not_all_of_countless_wrong_stops_are_told() -> None:
    with pytest.raises(ValidationError) as raised:
        CompletionRequest.model_validate({"prompt": "x", "stop": [1] * 5_000})

    assert raised.value.error_count() < 5
