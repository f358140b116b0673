"""How long a WebM or Matroska file lasts, as its header says (RFC 8794, RFC 9559)."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

_HEADER: Final = 0x1A45DFA3
_SEGMENT: Final = 0x18538067
_INFO: Final = 0x1549A966
_SCALE: Final = 0x2AD7B1
_DURATION: Final = 0x4489
_USUAL_SCALE: Final = 1_000_000  # nanoseconds in a tick
_MOST_ELEMENTS: Final = 10_000  # before what is looked for: nobody writes more, and each takes time
_FLOATS: Final = {4: ">f", 8: ">d"}


class _Element(NamedTuple):
    name: int
    body: memoryview


def duration_seconds(data: bytes) -> float | None:
    """Return how long a file lasts, or None where its header does not tell, as in a live one."""
    view = memoryview(data)
    first = next(_elements(view), None)
    if first is None or first.name != _HEADER:
        return None
    segment = _find(view, _SEGMENT)
    info = None if segment is None else _find(segment, _INFO)
    if info is None:
        return None
    ticks, scale = _find(info, _DURATION), _find(info, _SCALE)
    form = None if ticks is None else _FLOATS.get(len(ticks))
    if ticks is None or form is None:
        return None
    (count,) = struct.unpack(form, ticks)
    return count * (_USUAL_SCALE if scale is None else int.from_bytes(scale, "big")) / 1e9


def _find(data: memoryview, name: int) -> memoryview | None:
    return next((one.body for one in _elements(data) if one.name == name), None)


def _elements(data: memoryview) -> Iterator[_Element]:
    """Yield the elements that stand one behind another; one that is cut ends them, or too many."""
    place = 0
    for _ in range(_MOST_ELEMENTS):
        if place >= len(data):
            return
        name_bytes = _width(data[place])
        at_size = place + name_bytes
        if name_bytes > 4 or at_size >= len(data):  # noqa: PLR2004 - the longest of names
            return
        size_bytes = _width(data[at_size])
        begin = at_size + size_bytes
        if size_bytes > 8 or begin > len(data):  # noqa: PLR2004 - the longest of sizes
            return
        ones = (1 << 7 * size_bytes) - 1
        size = int.from_bytes(data[at_size:begin], "big") & ones
        end = len(data) if size == ones else begin + size  # all ones: nobody knew it
        name = int.from_bytes(data[place:at_size], "big")
        if end > len(data) and name != _SEGMENT:  # which is nearly all of the file
            return
        yield _Element(name, data[begin:end])
        place = end


def _width(first: int) -> int:
    """Return how many bytes a number has, by its first one."""
    return 9 - first.bit_length()
