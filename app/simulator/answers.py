"""Puts an answer together: the tokens of each choice, why it ends, and what it took."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from app.simulator.behaviour import Behaviour, Thoughts
from app.simulator.counting import IMAGE_TOKENS, MESSAGE_TOKENS, count_tokens, tokens_of
from app.simulator.replies import Reply, count_images, text_of
from app.simulator.schemas.answers import CompletionDetails, FinishReason, Usage
from app.simulator.schemas.requests import ChatRequest


class Part(Enum):
    """What a token belongs to."""

    REASONING = auto()
    CONTENT = auto()
    ARGUMENTS = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an answer; `call` says which tool call an argument belongs to."""

    part: Part
    text: str
    call: int = 0


@dataclass(frozen=True, slots=True)
class AnswerChoice:
    """One of `n` answers, token by token."""

    tokens: tuple[Token, ...]
    finish_reason: FinishReason

    def text(self, part: Part, call: int = 0) -> str | None:
        """Return the tokens of one part joined, or None where there are none."""
        found = [one.text for one in self.tokens if one.part is part and one.call == call]
        return "".join(found) if found else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, before it takes the form of a completion or of chunks."""

    id: str
    model: str
    choices: tuple[AnswerChoice, ...]
    call_names: tuple[str, ...]
    thoughts: Thoughts
    usage: Usage

    def call_id(self, choice: int, call: int) -> str:
        """Return the id of one tool call."""
        return f"call_{self.id.removeprefix('chatcmpl-sim-')}_{choice}_{call}"


def compose(request: ChatRequest, reply: Reply, behaviour: Behaviour) -> Answer:
    """Return the answer to a request. The same request always gets the same answer."""
    count = (request.n or 1) if behaviour.has_all_choices else 1
    choices = tuple(_choice(request, reply, index) for index in range(count))
    return Answer(
        id=f"chatcmpl-sim-{_digest(request)}",
        model=request.model,
        choices=choices,
        call_names=tuple(name for name, _ in reply.calls),
        thoughts=reply.thoughts,
        usage=_usage(request, choices, behaviour),
    )


def _digest(request: ChatRequest) -> str:
    body = request.model_dump_json(by_alias=True, exclude_unset=True)
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _choice(request: ChatRequest, reply: Reply, index: int) -> AnswerChoice:
    text = reply.text
    if text is not None and index and request.response_format is None:
        text = f"{text} (choice {index + 1})"
    spoken = replace(reply, text=None if text is None else _before_stop(text, request.stop))
    tokens = tuple(_tokens(spoken))
    limits = [cap for cap in (request.max_tokens, request.max_completion_tokens) if cap]
    if limits and len(tokens) > min(limits):
        return AnswerChoice(tokens[: min(limits)], "length")
    return AnswerChoice(tokens, "tool_calls" if reply.calls else "stop")


def _before_stop(text: str, stop: str | Sequence[str] | None) -> str:
    marks = [stop] if isinstance(stop, str) else stop or []
    ends = [text.find(mark) for mark in marks if mark and mark in text]
    return text[: min(ends)] if ends else text


def _tokens(reply: Reply) -> Iterator[Token]:
    yield from (Token(Part.REASONING, text) for text in tokens_of(reply.reasoning or ""))
    yield from (Token(Part.CONTENT, text) for text in tokens_of(reply.text or ""))
    for call, (_, arguments) in enumerate(reply.calls):
        yield from (Token(Part.ARGUMENTS, text, call) for text in tokens_of(arguments))


def _usage(request: ChatRequest, choices: Sequence[AnswerChoice], behaviour: Behaviour) -> Usage:
    tokens = [token for choice in choices for token in choice.tokens]
    prompt, completion = behaviour.prompt_tokens, behaviour.completion_tokens
    prompt = _prompt_tokens(request) if prompt is None else prompt
    completion = len(tokens) if completion is None else completion
    reasoning = sum(token.part is Part.REASONING for token in tokens)
    usage = Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )
    if reasoning:
        usage.completion_tokens_details = CompletionDetails(reasoning_tokens=reasoning)
    return usage


def _prompt_tokens(request: ChatRequest) -> int:
    messages = sum(
        MESSAGE_TOKENS + count_tokens(text_of(one)) + IMAGE_TOKENS * count_images(one)
        for one in request.messages
    )
    tools = [tool.model_dump(exclude_unset=True) for tool in request.tools or []]
    return messages + (count_tokens(json.dumps(tools)) if tools else 0)
