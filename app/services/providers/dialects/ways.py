"""Hugging Face's tasks in dialects that have words of their own for some of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from pydantic_core import from_json

from app.core.errors import UpstreamProtocolError
from app.core.tasks.task import Task
from app.core.tasks.units import Unit
from app.services.providers.dialects.chat_answer import read_usage
from app.services.providers.dialects.task_answer import read_answer
from app.services.providers.provider import AnswerFacts, ChatRequest, Usage
from app.services.providers.upstream_errors import error_from_event
from app.services.providers.upstream_http import UpstreamHttp
from app.services.tasks.work import Work
from app.utils.json_values import encoded, object_in

JSON: Final = "application/json"
Word = type | frozenset[str]  # of which type, or which values, a parameter can be said


class Question(NamedTuple):
    """What an upstream is sent."""

    body: bytes
    media_type: str = JSON


@dataclass(frozen=True, slots=True)
class Way:
    """How one task is asked for in a dialect, and how its answer is read."""

    path: str
    ask: Callable[[ChatRequest, Work], Question]
    read: Callable[[Any, Work], object]  # the task's own answer: a value for JSON, or a file
    words: Mapping[str, Word] = field(default_factory=dict[str, Word])  # parameters it can say


class Ways:
    """Tasks of one upstream, in its dialect."""

    def __init__(self, http: UpstreamHttp, ways: Mapping[str, Way]) -> None:
        """Speak over `http`; `ways` are those of the dialect, by their tasks."""
        self._http = http
        self._ways = ways

    def can_do(self, task: Task) -> bool:
        """Say whether the dialect has the task."""
        return task.name in self._ways

    def strange_to(self, work: Work) -> str | None:
        """Return a parameter that cannot be said. What is `false` asks for nothing."""
        words = self._ways[work.task.name].words
        for name, value in work.told.items():
            if value is not False and not _fits(value, words.get(name)):
                return name
        return None

    async def do(self, request: ChatRequest, facts: AnswerFacts) -> bytes:
        """Return the answer to a task, in its own form.

        Raises:
            UpstreamError: the upstream refused, broke, or answered nonsense.
        """
        work = request.work
        assert work is not None
        way = self._ways[work.task.name]
        question = way.ask(request, work)
        body, answer = await self._http.request_whole(
            "POST",
            way.path,
            question.body,
            timeouts=request.timeouts,
            headers={"content-type": question.media_type},
        )
        said = self._parsed(body, work)
        try:
            meant = way.read(said, work)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            raise self._nonsense(work) from None
        data = meant if isinstance(meant, bytes) else encoded(meant)
        data = await read_answer(self._http.name, work, (data, answer), facts)
        facts.usage = facts.usage or _usage(said, work)
        return data

    def _parsed(self, body: bytes, work: Work) -> object:
        try:
            said: object = from_json(body)
        except ValueError:
            raise self._nonsense(work) from None
        if object_in(said).get("error"):
            raise error_from_event(self._http.name, object_in(said))
        return said

    def _nonsense(self, work: Work) -> UpstreamProtocolError:
        return UpstreamProtocolError(
            f"The upstream {self._http.name!r} answered something that is no answer to "
            f"{work.task.name}."
        )


def inputs_of(request: ChatRequest) -> Any:
    """Return what a task is done with."""
    return request.payload["inputs"]


def _fits(value: object, word: Word | None) -> bool:
    if isinstance(word, frozenset):
        return value in word
    return word is not None and (type(value) is word or (word is float and type(value) is int))


def _usage(said: object, work: Work) -> Usage | None:
    """Return the tokens that an answer tells, where tokens are what counts."""
    told = read_usage(object_in(said)) if work.task.reads is Unit.TOKEN else None
    return told if told is None or work.task.writes is Unit.TOKEN else Usage(told.units_in, 0)
