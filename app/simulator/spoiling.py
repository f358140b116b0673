"""What goes wrong with the bytes of a body: broken JSON, long lines, marks, compression."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from app.simulator.behaviour import Behaviour, Spoil

Part = tuple[bytes, ...]  # a whole body or an event of one, in the chunks in which it is sent

_BOM: Final = b"\xef\xbb\xbf"
_GARBAGE: Final = b"<<< simulated garbage, no JSON >>>"
_SHAPE: Final = b'{"unexpected": true}'
_BAD_UTF8: Final = (b"\xe2", b"\x28\xa1")
_PLACES: Final = (
    b'"content":"',
    b'"model":"',
    b'"text":"',
)  # texts, the first of which that is there is spoiled
_SPACES: Final = b" " * 1_000_000
_EMPTY_LINES: Final = b"\n" * 1_000_000
_GZIP: Final = 16 + zlib.MAX_WBITS


def spoil(data: bytes, behaviour: Behaviour) -> Part:
    """Return a JSON object as it was asked to be spoiled, or as it is."""
    part = _wrong(data, behaviour.spoil)
    if behaviour.long_line_mb is None:
        return part
    first, *rest = part
    return (first[:1], *[_SPACES] * behaviour.long_line_mb, first[1:], *rest)


def with_bom(parts: Sequence[Part]) -> list[Part]:
    """Return the parts of a body with a byte order mark before them."""
    (first, *pieces), *rest = parts or [(b"",)]
    return [(_BOM + first, *pieces), *rest]


def compressed(parts: Sequence[Part], megabytes: int) -> Iterator[Iterable[bytes]]:
    """Yield the parts of a body in gzip, as they are sent, after so much of empty lines."""
    packer = zlib.compressobj(wbits=_GZIP)

    def packed(index: int, part: Part) -> Iterator[bytes]:
        for _ in range(0 if index else megabytes):
            yield packer.compress(_EMPTY_LINES)
        for piece in part:
            yield packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)
        if index == len(parts) - 1:
            yield packer.flush()

    return (packed(index, part) for index, part in enumerate(parts))


def _wrong(data: bytes, how: Spoil | None) -> Part:
    match how:
        case None:
            return (data,)
        case Spoil.GARBAGE:
            return (_GARBAGE,)
        case Spoil.SHAPE:
            return (_SHAPE,)
        case Spoil.NUL:
            before, after = _at_text(data)
            return (before + b"\0" + after,)
        case Spoil.BAD_UTF8:
            before, after = _at_text(data)
            return before + _BAD_UTF8[0], _BAD_UTF8[1] + after


def _at_text(data: bytes) -> tuple[bytes, bytes]:
    """Split JSON inside of a text."""
    place = next((place for place in _PLACES if place in data), b'"')
    before, mark, after = data.partition(place)
    return (before + mark, after) if mark else (data[:1], data[1:])
