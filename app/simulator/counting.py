"""How the simulator counts tokens: by a rule that can be checked by hand.

A token is up to four characters of a word, together with the white space before it.
"""

import re
from typing import Final

IMAGE_TOKENS: Final = 64
MESSAGE_TOKENS: Final = 1  # for its role

_TOKEN: Final = re.compile(r"\s*\S{1,4}|\s+\Z")


def tokens_of(text: str) -> list[str]:
    """Cut a text into tokens; joined again they are the text."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """Return how many tokens a text has."""
    return len(tokens_of(text))
