"""The known name that somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

MAX_GUESSED: Final = 200  # characters; comparing takes time in proportion, and a name is shorter


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a misspelt one, or None where nothing is close."""
    if len(name) > MAX_GUESSED:
        return None
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None
