"""Makes up the answers of tasks, by the form that the catalogue says: the same for the same."""

import base64
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from app.core.tasks import answers as forms
from app.core.tasks.files import Kind
from app.core.tasks.units import Unit
from app.services.tasks.measuring import count_parts
from app.simulator.json_schema.values import smallest_value
from app.simulator.tasks import labels, writing
from app.simulator.tasks.asked import Asked
from app.simulator.tasks.files import mp4, png, wav

_DIMENSIONS: Final = 8
_LARGEST_SIDE: Final = 4_096
_LETTERS_PER_SECOND: Final = 15
_FRAMES_PER_SECOND: Final = 16

Maker = Callable[[Asked], Any]


async def answer_to(asked: Asked) -> object:
    """Return what a task is answered: a value for JSON, or the bytes of a file."""
    match asked.task.file:
        case Kind.IMAGE:
            return png(*_sides(asked))
        case Kind.AUDIO:
            return wav(1 + len("".join(asked.texts)) // _LETTERS_PER_SECOND)
        case Kind.VIDEO:
            frames = asked.parameters.get("num_frames") or _FRAMES_PER_SECOND
            return mp4(max(1, int(frames) // _FRAMES_PER_SECOND))
        case None:
            return await _value(asked)


async def _value(asked: Asked) -> object:
    form, depth = _form_of(asked.task.answer)
    if form is forms.Transcript:
        assert asked.file is not None
        seconds = await count_parts(Unit.SECOND, [asked.file])
        return writing.transcript(asked, seconds.units)
    make = _MAKERS.get(form)
    if make is None:
        return smallest_value(TypeAdapter(asked.task.answer).json_schema())
    made = make(asked)
    return [made for _ in _texts(asked)] if depth > 1 else made


def _form_of(answer: Any) -> tuple[Any, int]:
    """Return what a form holds in its lists, and how many of them are around it."""
    depth = 0
    while True:
        origin = typing.get_origin(answer)
        if origin is list:
            answer, depth = typing.get_args(answer)[0], depth + 1
        elif origin in {types.UnionType, typing.Union} and answer not in _MAKERS:
            answer = typing.get_args(answer)[0]
        else:
            return answer, depth


def _sides(asked: Asked) -> tuple[int, int]:
    told = asked.parameters
    size: Mapping[str, Any] = told.get("target_size") or told
    width, height = (int(size.get(side) or 64) for side in ("width", "height"))
    return min(max(width, 1), _LARGEST_SIDE), min(max(height, 1), _LARGEST_SIDE)


def _texts(asked: Asked) -> Sequence[str]:
    return asked.texts or [""]


def _vectors(asked: Asked) -> list[list[float]]:
    size = asked.parameters.get("dimensions") or _DIMENSIONS
    return [_vector(asked, text, size) for text in _texts(asked)]


def _vector(asked: Asked, text: str, size: int) -> list[float]:
    raw = [asked.chance(text, place) * 2 - 1 for place in range(size)]
    length = sum(number * number for number in raw) ** 0.5 or 1.0
    return [round(number / length, 6) for number in raw]


def _numbers(asked: Asked) -> list[float]:
    """Return a number for each sentence that is compared, or for each row of a table."""
    sentences = asked.field("sentences")
    if sentences is None:
        return [round(100 * asked.chance(row), 3) for row in range(_rows(asked))]
    source = str(asked.field("source_sentence"))
    return [1.0 if one == source else round(asked.chance(source, one), 6) for one in sentences]


def _rows(asked: Asked) -> int:
    table = asked.field("table") or asked.field("data")
    return max(map(len, table.values()), default=0)


def _cells(asked: Asked) -> list[int]:
    return [int(asked.chance(row) * 3) for row in range(_rows(asked))]


def _sounds(_: Asked) -> list[dict[str, str]]:
    blob = base64.b64encode(wav(1)).decode()
    return [{"label": "speech_0", "content-type": "audio/wav", "blob": blob}]


def _depth(_: Asked) -> dict[str, Any]:
    return {"predicted_depth": [[0.5]], "depth": base64.b64encode(png(1, 1)).decode()}


_MAKERS: Final[Mapping[Any, Maker]] = {
    forms.Label: labels.labels,
    forms.Entity: labels.entities,
    forms.Rank: labels.ranks,
    forms.Segment: labels.segments,
    forms.Masks: labels.masks,
    forms.Detected: labels.detected,
    forms.Filled: writing.filled,
    forms.Found: writing.found,
    forms.Seen: writing.seen,
    forms.Cells: writing.cells,
    forms.Summary: writing.summary,
    forms.Translation: writing.translation,
    forms.Generated: writing.generated,
    forms.Sound: _sounds,
    forms.Depth: _depth,
    forms.Cell: _cells,
    float: _numbers,
    forms.Vectors: _vectors,
}
