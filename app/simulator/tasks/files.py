"""Pictures, sounds and videos out of nothing, as small as their formats allow."""

import struct
import zlib
from typing import Final

_RATE: Final = 8_000  # samples of a sound in a second, a byte each
_SILENCE: Final = b"\x80"


def png(width: int, height: int) -> bytes:
    """Return a grey picture."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = (b"\0" + b"\x55" * -(-width // 8)) * height
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def wav(seconds: int) -> bytes:
    """Return silence."""
    samples = _SILENCE * (_RATE * seconds)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, _RATE, _RATE, 1, 8)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def mp4(seconds: int) -> bytes:
    """Return a video without a picture, whose header says how long it is."""
    clock = struct.pack(">IIIII", 0, 0, 0, 1_000, seconds * 1_000)
    rest = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + struct.pack(">I", 1)
    brand = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isommp41")
    return brand + _box(b"moov", _box(b"mvhd", clock + rest)) + _box(b"mdat", b"")


_MATRIX: Final = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", 8 + len(data)) + name + data
