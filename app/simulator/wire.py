"""Turns an answer into a completion, or into the chunks of a stream."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from pydantic import BaseModel

from app.simulator.answers import Answer, AnswerChoice, Part, Token
from app.simulator.behaviour import Behaviour, Thoughts, UsageMode
from app.simulator.catalogue import CREATED
from app.simulator.schemas.answers import (
    AnswerMessage,
    CalledFunction,
    ChatChunk,
    ChatCompletion,
    Choice,
    ChunkChoice,
    Delta,
    FunctionDelta,
    ToolCall,
    ToolCallDelta,
)

FINGERPRINT: Final = "meterhouse-simulator"


def completion_of(answer: Answer, behaviour: Behaviour) -> ChatCompletion:
    """Return an answer as one piece."""
    completion = ChatCompletion(
        id=answer.id,
        object="chat.completion",
        created=CREATED,
        model=answer.model,
        system_fingerprint=FINGERPRINT,
        choices=[_choice(answer, index) for index in range(len(answer.choices))],
    )
    if behaviour.usage is not UsageMode.MISSING:
        completion.usage = answer.usage
    return completion


def chunks_of(answer: Answer, behaviour: Behaviour, *, wants_usage: bool) -> list[ChatChunk]:
    """Return an answer as the chunks of a stream."""
    ends = behaviour.has_finish_reason
    chunks = [
        *(_chunk(answer, index, _opening(answer)) for index in _all(answer)),
        *_middle(answer),
        *(_chunk(answer, index, Delta(), ends=ends) for index in _all(answer)),
    ]
    if behaviour.usage is UsageMode.UNASKED:
        chunks[-1].usage = answer.usage
    elif behaviour.usage is UsageMode.ASKED and wants_usage:
        for chunk in chunks:
            chunk.usage = None  # now it counts as set, and is sent as null
        chunks.append(_bare_chunk(answer, []))
        chunks[-1].usage = answer.usage
    return chunks


def to_json(model: BaseModel) -> bytes:
    """Return the JSON of an answer: what was never set is left out, what is None is null."""
    return model.model_dump_json(exclude_unset=True).encode()


def _all(answer: Answer) -> range:
    return range(len(answer.choices))


def _choice(answer: Answer, index: int) -> Choice:
    choice = answer.choices[index]
    message = AnswerMessage(role="assistant", content=choice.text(Part.CONTENT))
    reasoning = choice.text(Part.REASONING)
    if reasoning is not None:
        _think(message, answer.thoughts, reasoning)
    calls = [_tool_call(answer, index, call) for call in _started_calls(choice)]
    if calls:
        message.tool_calls = calls
    elif message.content is None:
        message.content = ""
    return Choice(index=index, message=message, finish_reason=choice.finish_reason, logprobs=None)


def _think(message: AnswerMessage | Delta, thoughts: Thoughts, text: str) -> None:
    if thoughts is Thoughts.REASONING:
        message.reasoning = text
    else:
        message.reasoning_content = text


def _started_calls(choice: AnswerChoice) -> list[int]:
    return [*dict.fromkeys(one.call for one in choice.tokens if one.part is Part.ARGUMENTS)]


def _tool_call(answer: Answer, index: int, call: int) -> ToolCall:
    return ToolCall(
        id=answer.call_id(index, call),
        type="function",
        function=CalledFunction(
            name=answer.call_names[call],
            arguments=answer.choices[index].text(Part.ARGUMENTS, call) or "",
        ),
    )


def _opening(answer: Answer) -> Delta:
    return Delta(role="assistant", content=None if answer.call_names else "")


def _middle(answer: Answer) -> Iterator[ChatChunk]:
    """Yield a chunk a token, the choices taking turns."""
    columns = (_deltas(answer, index) for index in _all(answer))
    for row in zip_longest(*columns):
        for index, delta in enumerate(row):
            if delta is not None:
                yield _chunk(answer, index, delta)


def _deltas(answer: Answer, index: int) -> Iterator[Delta]:
    begun = -1
    for token in answer.choices[index].tokens:
        if token.part is Part.ARGUMENTS and token.call > begun:
            begun = token.call
            yield _call_begins(answer, index, begun)
        yield _delta(token, answer.thoughts)


def _call_begins(answer: Answer, index: int, call: int) -> Delta:
    begun = ToolCallDelta(
        index=call,
        id=answer.call_id(index, call),
        type="function",
        function=FunctionDelta(name=answer.call_names[call], arguments=""),
    )
    return Delta(tool_calls=[begun])


def _delta(token: Token, thoughts: Thoughts) -> Delta:
    delta = Delta()
    match token.part:
        case Part.CONTENT:
            delta.content = token.text
        case Part.REASONING:
            _think(delta, thoughts, token.text)
        case Part.ARGUMENTS:
            function = FunctionDelta(arguments=token.text)
            delta.tool_calls = [ToolCallDelta(index=token.call, function=function)]
    return delta


def _chunk(answer: Answer, index: int, delta: Delta, *, ends: bool = False) -> ChatChunk:
    reason = answer.choices[index].finish_reason if ends else None
    choice = ChunkChoice(index=index, delta=delta, finish_reason=reason, logprobs=None)
    return _bare_chunk(answer, [choice])


def _bare_chunk(answer: Answer, choices: list[ChunkChoice]) -> ChatChunk:
    return ChatChunk(
        id=answer.id,
        object="chat.completion.chunk",
        created=CREATED,
        model=answer.model,
        system_fingerprint=FINGERPRINT,
        choices=choices,
    )
