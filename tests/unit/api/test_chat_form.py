"""The form of chats, where what is sent is wrong in countless places."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.api.v1.schemas.openai.chat import ChatCompletionRequest

WRONG = [1 for _ in range(5_000)]
HELLO = {"role": "user", "content": "Hello"}


@pytest.mark.parametrize(
    "body",
    [
        {"messages": WRONG},
        {"messages": [{"role": "user", "content": WRONG}]},
        {"messages": [HELLO], "tools": WRONG},
        {"messages": [HELLO], "metadata": {str(number): 1 for number in range(5_000)}},
    ],
)
def test_not_all_of_countless_faults_are_told(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as raised:
        ChatCompletionRequest.model_validate(body)

    assert raised.value.error_count() < 20
