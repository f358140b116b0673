"""How much goes into a task, or comes out: characters, pixels, seconds."""

import asyncio
from collections.abc import Iterable, Sequence
from io import BytesIO
from math import ceil, isfinite
from typing import Final, NamedTuple

from tinytag import TinyTag

from app.core.tasks.files import File, Kind
from app.core.tasks.parts import Part
from app.core.tasks.units import Unit
from app.utils.matroska import duration_seconds
from app.utils.media import image_size, media_type_of

BYTES_PER_TOKEN: Final = 4  # of ordinary text; for estimates, never for bounds
_PIXELS_PER_BYTE: Final = 64  # at most, of what people send
_BYTES_PER_SECOND: Final = 500  # at least, of what people send
_LONGEST_SECONDS: Final = 1_000_000
_MOST_READS: Final = 200_000  # of pieces of one file: more than any has, in a part of a second


class Count(NamedTuple):
    """How many units there are."""

    units: int
    most: int  # where an upstream may count otherwise
    is_exact: bool = True  # else nobody could read it: a bound by its bytes


async def count_parts(unit: Unit, parts: Sequence[Part]) -> Count:
    """Return how many units some texts and files have together. The same file counts once."""
    files = [*dict.fromkeys(part for part in parts if isinstance(part, File))]
    texts = [part for part in parts if isinstance(part, str)]
    match unit:
        case Unit.TOKEN:
            size = sum(len(text.encode(errors="surrogatepass")) for text in texts)
            return Count(-(-size // BYTES_PER_TOKEN), size)
        case Unit.CHARACTER:
            return _exact(sum(map(len, texts)))
        case Unit.PIXEL:
            return _sum(map(_pixels, files))
        case Unit.SECOND:
            return _sum([await asyncio.to_thread(_seconds, file) for file in files])
        case Unit.REQUEST:
            return _exact(1)


class _Reading(BytesIO):
    """A file of which only so many pieces are read: some are made to be read for minutes."""

    _reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self._reads += 1
        if self._reads > _MOST_READS:
            raise ValueError
        return super().read(size)


def _pixels(file: File) -> Count:
    size = image_size(file.data) if file.kind is Kind.IMAGE else None
    if size is None:
        return _guessed(len(file.data) * _PIXELS_PER_BYTE)
    return _exact(size.width * size.height)


def _seconds(file: File) -> Count:
    """Return how long a sound or video lasts, a begun second as a whole one."""
    try:
        if media_type_of(file.data) == "video/webm":
            seconds = duration_seconds(file.data)
        else:
            seconds = TinyTag.get(file_obj=_Reading(file.data), tags=False).duration
    except Exception:  # noqa: BLE001 - what breaks a reader of foreign bytes is not known
        seconds = None
    if seconds is None or not isfinite(seconds) or not 0 < seconds <= _LONGEST_SECONDS:
        return _guessed(-(-len(file.data) // _BYTES_PER_SECOND))
    return _exact(ceil(seconds))


def _exact(units: int) -> Count:
    return Count(units, units)


def _guessed(units: int) -> Count:
    return Count(units, units, is_exact=False)


def _sum(counts: Iterable[Count]) -> Count:
    every = [*counts]
    units = sum(count.units for count in every)
    return Count(units, units, all(count.is_exact for count in every))
