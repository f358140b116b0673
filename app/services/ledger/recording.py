"""What is to be stored of one call's request and answer, while the call runs."""

import json
from dataclasses import dataclass
from typing import Final, NamedTuple

from app.core.redacted_json import redact_json
from app.services.ledger.spelled_secrets import without_spelled_secrets
from app.utils.embedded_files import without_files

MAX_HELD_BYTES: Final = 64 * 1024 * 1024  # of the answers of all calls that run
_MARGIN_BYTES: Final = 4 * 1024  # that are read beyond the bound: secrets make place


@dataclass(frozen=True, slots=True)
class BodyTerms:
    """What a rule says: how much of each body is stored, and for how long."""

    max_bytes: int
    keep_days: int


class Texts(NamedTuple):
    """A request and its answer as they are stored."""

    request: str
    answer: str
    is_cut: bool


class Room:
    """How many bytes the answers of all calls that run may still take in memory."""

    def __init__(self, free: int = MAX_HELD_BYTES) -> None:
        """Begin with all of it free."""
        self.free = free

    def take(self, wanted: int) -> int:
        """Take as much as there is, at most what is wanted, and return how much that is."""
        taken = min(wanted, self.free)
        self.free -= taken
        return taken

    def give_back(self, taken: int) -> None:
        """Make it free again."""
        self.free += taken


class Recording:
    """Keeps the beginning of an answer while it passes, and no byte more than its rule allows."""

    __slots__ = ("_answer", "_is_cut", "_request", "_room", "terms")

    def __init__(self, terms: BodyTerms, request: bytes, room: Room) -> None:
        """Take the rule, the request as it came, and the room that calls share."""
        self.terms = terms
        self._request = request
        self._room = room
        self._answer = bytearray()
        self._is_cut = False

    def add(self, piece: bytes) -> None:
        """Keep a piece of the answer, or what of it there is room for."""
        if self._is_cut:
            return
        taken = self._room.take(min(len(piece), self.terms.max_bytes - len(self._answer)))
        self._answer += piece[:taken]
        self._is_cut = taken < len(piece)

    def end(self) -> None:
        """Let go of what was kept."""
        self._room.give_back(len(self._answer))
        self._answer = bytearray()

    def texts(self, *, is_stream: bool) -> Texts:
        """Return what is stored: without files, without secrets, within the bound."""
        request, is_request_cut = _bounded(self._request, self.terms.max_bytes)
        answer = _decoded(self._answer)
        if is_stream:
            answer = without_spelled_secrets(answer, is_cut=self._is_cut)
        else:
            answer = _decoded(without_files(bytes(self._answer), len(self._answer)).data)
        answer = _cut(redact_json(answer, is_cut=self._is_cut), self.terms.max_bytes)
        return Texts(request, answer, is_cut=self._is_cut or is_request_cut)


def _bounded(body: bytes, limit: int) -> tuple[str, bool]:
    encoding = json.detect_encoding(body)
    if encoding != "utf-8":  # nobody could find a secret in it
        body = body.decode(encoding, errors="replace").encode(errors="replace")
    beginning = without_files(body, limit + _MARGIN_BYTES)
    text = redact_json(_decoded(beginning.data), is_cut=beginning.is_cut)
    kept = _cut(text, limit)
    return kept, beginning.is_cut or len(kept) < len(text)


def _decoded(data: bytes | bytearray) -> str:
    """Return bytes as text. A character that is cut off at the end is left out."""
    return data.decode(errors="ignore")


def _cut(text: str, limit: int) -> str:
    """Return what of a text fits into so many bytes, as UTF-8 that can be written."""
    return text.encode(errors="replace")[:limit].decode(errors="ignore")
