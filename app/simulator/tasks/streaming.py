"""A text that is written token by token, as TGI streams it."""

from pydantic_core import to_json

from app.simulator.behaviour import Behaviour, UsageMode
from app.simulator.counting import count_tokens
from app.simulator.tasks.asked import Asked
from app.simulator.tasks.writing import written


def is_streamed(asked: Asked) -> bool:
    """Say whether an answer is to come in pieces."""
    return asked.task.is_streamed and asked.field("stream") is True


def token_events(asked: Asked, behaviour: Behaviour) -> list[bytes]:
    """Return the data of each event; the last one has the whole text, too."""
    text = written(asked)
    last = len(text.tokens)
    events: list[bytes] = []
    for index, token in enumerate(text.tokens, 1):
        ends = index == last and behaviour.has_finish_reason
        details = None
        if ends and asked.parameters.get("details") and behaviour.usage is not UsageMode.MISSING:
            details = {
                "finish_reason": text.finish_reason,
                "generated_tokens": _or(behaviour.completion_tokens, last),
                "input_length": _or(behaviour.prompt_tokens, count_tokens(asked.texts[0])),
                "seed": asked.parameters.get("seed"),
            }
        event = {
            "index": index,
            "token": {"id": index, "text": token, "logprob": -0.5, "special": False},
            "generated_text": text.whole if ends else None,
            "details": details,
        }
        events.append(to_json(event))
    return events


def _or(said: int | None, otherwise: int) -> int:
    return otherwise if said is None else said
