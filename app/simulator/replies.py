"""What an answer says: the caller's own words, a value for a schema, or calls of tools."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from app.simulator.behaviour import Behaviour, Thoughts
from app.simulator.errors import refuse_input
from app.simulator.json_schema.keywords import SchemaError
from app.simulator.json_schema.values import smallest_value
from app.simulator.schemas.requests import ChatRequest, Message, Tool, ToolChoice
from app.simulator.script import Rule

MAX_ECHO: Final = 500
OPENING: Final = "[simulator] No model was called."
REASONING: Final = "[simulator] No model was called, so nobody thought about this."

_REASONER: Final = "reasoner"


@dataclass(frozen=True, slots=True)
class Reply:
    """What one answer says. `calls` are names of tools and the JSON text of their arguments."""

    text: str | None
    calls: tuple[tuple[str, str], ...] = ()
    reasoning: str | None = None
    thoughts: Thoughts = Thoughts.REASONING


def reply_to(request: ChatRequest, rule: Rule | None, behaviour: Behaviour) -> Reply:
    """Return what the answer says: the script's words, or else the ordinary ones.

    Raises:
        RefusedError: the request asks for something impossible.
    """
    thoughts = behaviour.thoughts or _wanted_thoughts(request)
    if rule and (rule.reasoning is not None):
        thoughts = thoughts or Thoughts.REASONING
    reasoning = rule.reasoning if rule and rule.reasoning is not None else REASONING
    text, calls = _scripted(rule) if rule and _says_something(rule) else _ordinary(request)
    return Reply(text, calls, reasoning if thoughts else None, thoughts or Thoughts.REASONING)


def last_user_text(request: ChatRequest) -> str:
    """Return the text of the last message of the user, its parts joined."""
    message = _last_user_message(request)
    return "" if message is None else text_of(message)


def text_of(message: Message) -> str:
    """Return the text of a message, its parts joined by a space."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    return " ".join(part.text for part in message.content if part.text)


def count_images(message: Message) -> int:
    """Return how many images a message has."""
    if not isinstance(message.content, list):
        return 0
    return sum(part.type == "image_url" for part in message.content)


def _last_user_message(request: ChatRequest) -> Message | None:
    return next((one for one in reversed(request.messages) if one.role == "user"), None)


def _wanted_thoughts(request: ChatRequest) -> Thoughts | None:
    asked = request.reasoning_effort not in {None, "none"}
    return Thoughts.REASONING if asked or _REASONER in request.model else None


def _says_something(rule: Rule) -> bool:
    return rule.text is not None or rule.has_json or rule.tool_calls is not None


def _scripted(rule: Rule) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    if rule.tool_calls is not None:
        return None, tuple((call.name, _dump(call.arguments)) for call in rule.tool_calls)
    return (_dump(rule.json_) if rule.has_json else rule.text), ()


def _ordinary(request: ChatRequest) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    tools = _tools_to_call(request)
    if tools:
        return None, tuple((tool.function.name, _arguments(tool)) for tool in tools)
    form = request.response_format
    if form is None or form.type == "text":
        return _echo(request), ()
    if form.asked_schema is None:
        return _dump({"answer": _echo(request)}), ()
    return _dump(_value(form.asked_schema, "response_format")), ()


def _echo(request: ChatRequest) -> str:
    message = _last_user_message(request)
    text = "" if message is None else text_of(message)
    images = 0 if message is None else count_images(message)
    if len(text) > MAX_ECHO:
        text = f"{text[:MAX_ECHO]}..."
    seen = {0: "", 1: " (and sent 1 image)"}.get(images, f" (and sent {images} images)")
    return f"{OPENING} You wrote: {text}{seen}"


def _tools_to_call(request: ChatRequest) -> Sequence[Tool]:
    """Return the tools to call.

    A forced one; the first one where any must be called; by its own choice (`auto`) those whose
    names the user's message holds, if that message is the last one.
    """
    tools = request.tools or []
    match request.tool_choice:
        case ToolChoice(function=function):
            chosen = [tool for tool in tools if tool.function.name == function.name]
            if not chosen:
                refuse_input(f"No tool is named {function.name!r}.", "tool_choice")
            return chosen[:1]
        case "required":
            if not tools:
                refuse_input("tool_choice is 'required', but there are no tools.", "tool_choice")
            return _named(request, tools) or tools[:1]
        case "none":
            return []
        case _:
            return _named(request, tools) if request.messages[-1].role == "user" else []


def _named(request: ChatRequest, tools: Sequence[Tool]) -> Sequence[Tool]:
    text = last_user_text(request).casefold()
    named = [tool for tool in tools if tool.function.name.casefold() in text]
    return named[:1] if request.parallel_tool_calls is False else named


def _arguments(tool: Tool) -> str:
    parameters = tool.function.parameters
    if parameters is None:
        return "{}"
    # References point into the parameters themselves, so `allOf` could not wrap them.
    schema = {"type": "object", **parameters} if isinstance(parameters, dict) else parameters
    return _dump(_value(schema, "tools"))


def _value(schema: JsonValue, param: str) -> JsonValue:
    try:
        return smallest_value(schema)
    except SchemaError as error:
        refuse_input(f"{error} Or script the answer: meterhouse simulate --script FILE.", param)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
