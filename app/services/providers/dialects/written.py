"""How much a model has written: in whatever field it stands, for upstreams that report nothing."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast

from app.services.providers.provider import AnswerFacts
from app.utils.json_values import objects_in

# One event with nothing but one text in its delta, as nearly all are: its bytes between the quotes
# are at least as many as tokens. Inside a JSON string quotes are escaped: text never looks like it.
_EMPTY: Final = rb'(?:"role"\s*:\s*"\w*"|"\w+"\s*:\s*(?:null|""|\[\s*\]))'
PLAIN: Final = re.compile(
    rb'"delta"\s*:\s*\{\s*(?:' + _EMPTY + rb"\s*,\s*)*"
    rb'"(?:content|reasoning_content|reasoning)"\s*:\s*"((?:[^"\\]++|\\.)*+)"'
    rb"\s*(?:,\s*" + _EMPTY + rb"\s*)*\}"
)
_TEXTS: Final = ("delta", "message", "text")  # where in a choice a model's words stand
# Names, and what is no text although it is written as such: it has no token for four bytes.
_NO_TEXT: Final = frozenset({"role", "id", "type", "format", "signature", "data", "url"})


def measure_plain(events: bytes, facts: AnswerFacts) -> bool:
    """Add what some events of a stream hold, if each has one text alone; return whether it was."""
    found = PLAIN.findall(events)
    if len(found) != events.count(b"data:"):
        return False
    facts.text_pieces += sum(map(bool, found))
    facts.text_bytes += sum(map(len, found))
    return True


def measure_choices(answer: Mapping[str, Any], facts: AnswerFacts) -> None:
    """Add everything that a model has written into the choices of an answer or a chunk."""
    for choice in objects_in(answer.get("choices")):
        for key in _TEXTS:
            if value := choice.get(key):
                _measure(value, facts)


def _measure(value: object, facts: AnswerFacts) -> None:
    match value:
        case str():
            facts.text_pieces += bool(value)
            facts.text_bytes += len(value.encode(errors="surrogatepass"))
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                if key not in _NO_TEXT:
                    _measure(inner, facts)
        case list():
            for inner in cast("list[object]", value):
                _measure(inner, facts)
        case _:
            pass
