"""Finds secrets that a stream spells out, a few letters in each event."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast

from app.core.redaction import HIDDEN, secrets_in
from app.utils.json_values import JsonObject, object_in, objects_in

_BETWEEN: Final = "\n\n"
_DATA: Final = "data:"
_Place: TypeAlias = tuple[Any, ...]  # which of the texts that grow it is a piece of


class _Piece(NamedTuple):
    """What one event adds to a text."""

    event: int
    holder: JsonObject
    name: str

    @property
    def text(self) -> str:
        text: str = self.holder[self.name]
        return text


def without_spelled_secrets(events: str, *, is_cut: bool) -> str:
    """Return chat chunks, as server-sent events, whose pieces do not add up to a secret.

    Args:
        events: The text of the events.
        is_cut: Whether it is only the beginning: then the last secret may be cut, too.
    """
    parts = events.split(_BETWEEN)
    chunks = {number: chunk for number, part in enumerate(parts) if (chunk := _chunk(part))}
    texts: dict[_Place, list[_Piece]] = {}
    for number, chunk in chunks.items():
        for choice in objects_in(chunk.get("choices")):
            for place, holder, name in _texts(choice.get("delta"), (choice.get("index"),)):
                texts.setdefault(place, []).append(_Piece(number, holder, name))
    changed = {number for pieces in texts.values() for number in _blot_out(pieces, is_cut=is_cut)}
    for number in changed:
        parts[number] = f"{_DATA} {json.dumps(chunks[number], ensure_ascii=False)}"
    return _BETWEEN.join(parts)


def _chunk(event: str) -> JsonObject:
    """Return the chunk that an event holds, or nothing where it holds something else."""
    if not event.startswith(_DATA) or "\n" in event:
        return {}
    try:
        return object_in(json.loads(event.removeprefix(_DATA)))
    except ValueError:
        return {}


def _texts(value: object, place: _Place) -> Iterator[tuple[_Place, JsonObject, str]]:
    """Yield every text of a delta, where it is, and what it is a piece of."""
    if isinstance(value, dict):
        holder = cast("JsonObject", value)
        for name, inner in holder.items():
            if isinstance(inner, str):
                yield (*place, name), holder, name
            else:
                yield from _texts(inner, (*place, name))
    elif isinstance(value, list):
        for item in objects_in(cast("object", value)):
            yield from _texts(item, (*place, str(item.get("index"))))


def _blot_out(pieces: Sequence[_Piece], *, is_cut: bool) -> Iterator[int]:
    """Take the secrets out of one text, and yield the events that change."""
    whole = "".join(piece.text for piece in pieces)
    letters = list(whole)
    for begin, end in secrets_in(whole, is_cut=is_cut):
        letters[begin:end] = [HIDDEN] + [""] * (end - begin - 1)
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        shown = "".join(letters[at:end])
        if shown != piece.text:
            piece.holder[piece.name] = shown
            yield piece.event
        at = end
