"""Events of a stream that are alike but for one text, measured without a look at the rest."""

import re
from typing import Final

from app.services.providers.dialects.chat_marks import is_utf8
from app.services.providers.dialects.written import PLAIN
from app.services.providers.provider import AnswerFacts

# Texts with a space after each but the last. A space ends no escape and no character: so a text
# that was cut by a quote which is not its end, or anywhere else, is never taken for a whole one.
_TEXTS: Final = re.compile(
    rb'(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+'  # as inside a JSON string
)


class Likeness:
    """What stands before and after the one text of an event: the next ones mostly have it too."""

    __slots__ = ("_after", "_before", "_frame_bytes")

    def __init__(self) -> None:
        """Know of no event."""
        self._before = self._after = b""

    def learn(self, event: bytes) -> None:
        """Remember an event that is sound and does not matter, if it has one text alone."""
        texts = [found.span(1) for found in PLAIN.finditer(event)]
        if len(texts) == 1:
            start, end = texts[0]
            self._before, self._after = event[:start], event[end:]
            self._frame_bytes = len(event) - (end - start)

    def measure(self, events: bytes, start: int, facts: AnswerFacts) -> int:
        """Add the texts of the events from `start` on that are alike; return where they end."""
        before, size = self._before, len(self._before)
        if not before or not events.startswith(before, start):
            return start
        texts: list[bytes] = []
        for event in events[start:].split(self._after)[:-1]:
            if not event.startswith(before):
                break
            texts.append(event[size:])
        written = b" ".join(texts)
        if not texts or not _TEXTS.fullmatch(written) or not is_utf8(written):
            return start
        count = len(texts)
        text_bytes = len(written) - (count - 1)
        facts.text_bytes += text_bytes
        facts.text_pieces += count - texts.count(b"")
        return start + text_bytes + count * self._frame_bytes
