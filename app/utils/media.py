"""What bytes are, told by their first ones, and how large a picture is, told by its header."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from app.utils.boxes import item_sizes

_BRANDS: Final = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"avis": "image/avif",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"mif1": "image/heif",
}
_STARTS: Final[Mapping[bytes, str]] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
    b"fLaC": "audio/flac",
    b"OggS": "audio/ogg",
    b"ID3": "audio/mpeg",
    b"#!AMR": "audio/amr",
    b"\xff\xf1": "audio/aac",
    b"\xff\xf9": "audio/aac",
    b"\x1aE\xdf\xa3": "video/webm",
}
_RIFFS: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_PNG_END: Final = b"IEND\xaeB`\x82"
_PRINTED: Final = frozenset({*b"\t\n\r", *range(0x20, 0x7F)})
_KNOWN: Final = frozenset({*_BRANDS.values(), *_STARTS.values(), *_RIFFS.values(), "video/mp4"})
_JPEG_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_MAX_SIDE: Final = 1_000_000
_MOST_SEGMENTS: Final = 10_000  # of a JPEG, before its size: each takes time


class Size(NamedTuple):
    """Width and height of a picture, in pixels."""

    width: int
    height: int


def media_type_of(data: bytes) -> str | None:
    """Return the media type that the first bytes of a file show, or None where they show none."""
    if data[:4] == b"RIFF":
        return _RIFFS.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    if len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 0x06:  # noqa: PLR2004
        return "audio/mpeg"  # a frame of it, without a tag before it
    return next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)


def is_known(media_type: str) -> bool:
    """Say whether files of a type show by their first bytes that they are such."""
    return media_type in _KNOWN


def is_text(data: bytes) -> bool:
    """Say whether bytes could be written words, or are nothing at all."""
    return all(byte in _PRINTED for byte in data)


def is_cut_picture(data: bytes) -> bool:
    """Say whether a picture ends before its format lets it: its end is missing."""
    match media_type_of(data):
        case "image/png":
            return _PNG_END not in data
        case "image/jpeg":
            return b"\xff\xd9" not in data
        case "image/gif":
            return not data.rstrip(b"\0").endswith(b";")
        case "image/webp":
            return len(data) < 8 + int.from_bytes(data[4:8], "little")
        case _:
            return False


def image_size(data: bytes) -> Size | None:
    """Return how large a picture is, or None where its header does not tell."""
    kind = media_type_of(data)
    read = _READERS.get(kind or "")
    try:
        size = read(data) if read else None
    except IndexError:
        return None
    if size is None or not all(0 < side <= _MAX_SIDE for side in size):
        return None
    return size


def _png(data: bytes) -> Size:
    return Size(_big(data, 16, 4), _big(data, 20, 4))


def _gif(data: bytes) -> Size:
    return Size(_little(data, 6, 2), _little(data, 8, 2))


def _bmp(data: bytes) -> Size:
    height = _little(data, 22, 4)
    return Size(_little(data, 18, 4), 2**32 - height if height >= 2**31 else height)


def _webp(data: bytes) -> Size | None:
    match data[12:16]:
        case b"VP8X":
            return Size(_little(data, 24, 3) + 1, _little(data, 27, 3) + 1)
        case b"VP8L":
            bits = _little(data, 21, 4)
            return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            return Size(_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF)
        case _:
            return None


def _jpeg(data: bytes) -> Size | None:
    place = 2
    for _ in range(_MOST_SEGMENTS):
        if data[place] != 0xFF:  # noqa: PLR2004
            return None
        marker = data[place + 1]
        if marker in _JPEG_SIZES:
            return Size(_big(data, place + 7, 2), _big(data, place + 5, 2))
        if marker == 0xFF:  # noqa: PLR2004 - filling
            place += 1
        elif marker in _JPEG_ALONE:
            place += 2
        else:
            place += 2 + max(2, _big(data, place + 2, 2))
    return None


def _tiff(data: bytes) -> Size | None:
    number = _little if data[:2] == b"II" else _big
    place = number(data, 4, 4)
    found: dict[int, int] = {}
    for entry in range(place + 2, place + 2 + 12 * number(data, place, 2), 12):
        tag, kind = number(data, entry, 2), number(data, entry + 2, 2)
        found[tag] = number(data, entry + 8, 2 if kind == 3 else 4)  # noqa: PLR2004 - a short
    return Size(found[256], found[257]) if {256, 257} <= found.keys() else None


def _item(data: bytes) -> Size | None:
    """Return the largest size in a file: others are of tiles and thumbnails."""
    sizes = [Size(*size) for size in item_sizes(data)]
    return max(sizes, key=lambda size: size.width * size.height, default=None)


def _big(data: bytes, place: int, count: int) -> int:
    return int.from_bytes(_taken(data, place, count), "big")


def _little(data: bytes, place: int, count: int) -> int:
    return int.from_bytes(_taken(data, place, count), "little")


def _taken(data: bytes, place: int, count: int) -> bytes:
    if len(data) < place + count:
        raise IndexError
    return data[place : place + count]


_READERS: Final[Mapping[str, Callable[[bytes], Size | None]]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/webp": _webp,
    "image/jpeg": _jpeg,
    "image/tiff": _tiff,
    "image/avif": _item,
    "image/heic": _item,
    "image/heif": _item,
}
