"""Files inside JSON, as base64: data URLs, and texts that are nothing else."""

import re
from typing import Final, NamedTuple

_SHORTEST: Final = 1_000  # letters; what is shorter may be a word of somebody's
_START: Final = re.compile(
    rb"data:(?P<kind>[\w.+-]+\\?/[\w.+-]+)?(?:;[\w.+-]+=[^;,\"\s]*)*;base64,"
    rb'|"(?=[A-Za-z0-9+/_-]{%d})' % _SHORTEST,
    re.IGNORECASE,
)
_BASE64: Final = re.compile(rb"(?:[A-Za-z0-9+/=_-]+|\\/)*")  # some write `/` as `\/` in JSON


class Beginning(NamedTuple):
    """The beginning of something, or all of it."""

    data: bytes
    is_cut: bool


def without_files(data: bytes, limit: int) -> Beginning:
    """Return at most so many bytes of JSON in which each file is replaced by its size.

    What follows a file counts as if the file were not there. No more is read than is needed.
    """
    kept, at = bytearray(), 0
    while len(kept) < limit:
        window_end = at + limit - len(kept)
        found = _START.search(data, at, window_end)
        if found is None:
            kept += data[at:window_end]
            return Beginning(bytes(kept), is_cut=window_end < len(data))
        end = _end_of_file(data, found)
        if end is None:
            kept += data[at : found.end()]
            at = found.end()
        else:
            kept += data[at : found.start()] + _words(data, found, end)
            at = end
    return Beginning(bytes(kept[:limit]), is_cut=True)


def _end_of_file(data: bytes, start: re.Match[bytes]) -> int | None:
    """Return where a file ends, or None where there is none after all."""
    run = _BASE64.match(data, start.end())
    end = start.end() if run is None else run.end()
    is_url = start[0] != b'"'
    return end if is_url or data[end : end + 1] == b'"' else None


def _words(data: bytes, start: re.Match[bytes], end: int) -> bytes:
    base64 = data[start.end() : end].replace(b"\\", b"").rstrip(b"=")
    size = len(base64) * 3 // 4
    if start[0] == b'"':
        return b'"[%d bytes of base64]' % size
    kind = start["kind"]
    return b"[%d bytes of %b]" % (size, kind.replace(b"\\", b"") if kind else b"text/plain")


def in_words(data: bytes, media_type: str) -> bytes:
    """Return JSON as it is, and of any other file, as JSON, only its size."""
    if media_type == "application/json":
        return data
    return b'"[%d bytes of %b]"' % (len(data), media_type.encode("ascii", "replace"))
