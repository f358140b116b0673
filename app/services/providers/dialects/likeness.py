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

    __slots__ = ("_after", "_before")

    def __init__(self) -> None:
        """Know of no event."""
        self._before = self._after = b""

    def learn(self, event: bytes) -> None:
        """Remember an event that is sound and does not matter, if it has one text alone."""
        texts = [found.span(1) for found in PLAIN.finditer(event)]
        if len(texts) == 1:
            start, end = texts[0]
            self._before, self._after = event[:start], event[end:]

    def measure(self, events: bytes, start: int, facts: AnswerFacts) -> int:
        """Add the texts of the events from `start` on that are alike; return where they end."""
        before, after = self._before, self._after
        if not before or not events.startswith(before, start):
            return start
        texts: list[bytes] = []
        for event in events[start:].split(after)[:-1]:
            if not event.startswith(before):
                break
            texts.append(event[len(before) :])
        written = b" ".join(texts)
        if not _TEXTS.fullmatch(written) or not is_utf8(written):
            return start
        size = len(b"".join(texts))
        facts.text_bytes += size
        facts.text_pieces += len(texts) - texts.count(b"")
        return start + size + len(texts) * (len(before) + len(after))
