"""Sizes of pictures in boxes, as AVIF and HEIC have them.

The boxes are those of ISO/IEC 14496-12; `ispe`, the size of an item, is of ISO/IEC 23008-12.
"""

from collections.abc import Iterator, Sequence
from typing import Final

_HEAD: Final = 8  # bytes of a box's length and name
_FULL: Final = 4  # bytes of version and flags, with which some boxes begin
_MOST_BOXES: Final = 10_000  # in one: nobody writes more, and each takes time
_PATH: Final = ((b"meta", _FULL), (b"iprp", 0), (b"ipco", 0))


def item_sizes(data: bytes) -> Sequence[tuple[int, int]]:
    """Return width and height of all that a file holds: a picture, its tiles and its thumbnails."""
    inner = memoryview(data)
    for name, skipped in _PATH:
        found = next((body for kind, body in _boxes(inner) if kind == name), None)
        if found is None:
            return ()
        inner = found[skipped:]
    return [
        (int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big"))
        for kind, body in _boxes(inner)
        if kind == b"ispe" and len(body) >= _FULL + 8
    ]


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the name and the body of each box; one that is cut ends them, or too many."""
    place = 0
    for _ in range(_MOST_BOXES):
        if place + _HEAD > len(data):
            return
        length, head = int.from_bytes(data[place : place + 4], "big"), _HEAD
        if length == 1:  # it did not fit
            head += 8
            length = int.from_bytes(data[place + 8 : place + 16], "big")
        elif length == 0:  # all that is left
            length = len(data) - place
        if length < head or place + length > len(data):
            return
        yield bytes(data[place + 4 : place + 8]), data[place + head : place + length]
        place += length
