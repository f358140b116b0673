"""Reading the answer to a task: that it has its form, and how much of it there is."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from pydantic import ValidationError
from pydantic_core import from_json

from app.core.errors import UpstreamProtocolError, UpstreamTruncatedError
from app.core.tasks.files import File, read_file
from app.core.tasks.units import Unit
from app.services.providers.provider import AnswerFacts, Counted, Usage
from app.services.providers.upstream_answer import UpstreamAnswer
from app.services.providers.upstream_errors import error_from_event
from app.services.tasks.measuring import Count, count_parts
from app.services.tasks.work import Work
from app.utils.json_values import JsonObject, object_in
from app.utils.media import is_cut_picture, is_known, is_text

_JSON: Final = "application/json"
_LONGEST_SECONDS: Final = 86_400
_TELLING: Final = 512  # bytes that show whether something is a text


async def read_answer(
    upstream: str, work: Work, answered: tuple[bytes, UpstreamAnswer], facts: AnswerFacts
) -> bytes:
    """Check the answer to a task, note what is known of it, and return it as it came.

    Raises:
        UpstreamError: it is an error inside a 200.
        UpstreamProtocolError: it is something else.
    """
    body, answer = answered
    said = answer.header(b"content-type").partition(";")[0].strip().lower()
    if work.task.file is None:
        written = await _read_json(upstream, work, body)
        facts.media_type = _JSON
    else:
        file = _read_file(upstream, work, body, said)
        assert work.task.writes is not None
        written = await count_parts(work.task.writes, [file])
        facts.media_type = file.media_type
    facts.counted = Counted(
        work.read.units, written.units, is_exact=work.read.is_exact and written.is_exact
    )
    facts.usage = _usage(work, answer)
    facts.compute_ms = _milliseconds(answer.header(b"x-compute-time"))
    return body


async def _read_json(upstream: str, work: Work, body: bytes) -> Count:
    try:
        value: object = from_json(body)
    except ValueError:
        raise _nonsense(upstream, work) from None
    if object_in(value).get("error"):
        raise error_from_event(upstream, object_in(value))
    try:
        work.task.answers.validate_python(value)
    except ValidationError:
        raise _nonsense(upstream, work) from None
    if work.task.writes is None:
        return Count(0, 0)
    return await count_parts(work.task.writes, [*_written(value, work.task.written)])


def _read_file(upstream: str, work: Work, body: bytes, said: str) -> File:
    kind = work.task.file
    assert kind is not None
    if said == _JSON and (failure := _error_in(body)):
        raise error_from_event(upstream, failure)
    # Whoever says PNG of what does not begin as one is wrong; of strange types nobody can tell.
    believed = None if is_known(said) or is_text(body[:_TELLING]) else said
    try:
        file = read_file(kind, body, believed)
    except ValueError:
        raise _nonsense(upstream, work) from None
    if is_cut_picture(body):
        raise UpstreamTruncatedError(f"The upstream {upstream!r} cut its picture short.")
    return file


def _error_in(body: bytes) -> JsonObject:
    try:
        value = object_in(from_json(body))
    except ValueError:
        return {}
    return value if value.get("error") else {}


def _written(value: object, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the texts of an answer that a model has written, each once."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _written(item, names)
    elif isinstance(value, dict):
        fields = cast("Mapping[str, object]", value)
        yield from (text for name in names if isinstance(text := fields.get(name), str))


def _usage(work: Work, answer: UpstreamAnswer) -> Usage | None:
    """Return the tokens that the upstream's headers tell, where tokens are what counts."""
    if work.task.reads is not Unit.TOKEN:
        return None
    read = _whole(answer, b"x-prompt-tokens")
    read = _whole(answer, b"x-compute-tokens") if read is None else read
    written = 0 if work.task.writes is None else _whole(answer, b"x-generated-tokens")
    return None if read is None or written is None else Usage(read, written)


def _whole(answer: UpstreamAnswer, header: bytes) -> int | None:
    said = answer.header(header)
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None  # noqa: PLR2004


def _milliseconds(seconds: str) -> int | None:
    """Return seconds, as a header says them, in milliseconds; None: it says none."""
    try:
        said = float(seconds) if seconds.isascii() else -1.0
    except ValueError:
        return None
    return round(said * 1_000) if 0 <= said <= _LONGEST_SECONDS else None


def _nonsense(upstream: str, work: Work) -> UpstreamProtocolError:
    return UpstreamProtocolError(
        f"The upstream {upstream!r} answered something that is no answer to {work.task.name}."
    )
