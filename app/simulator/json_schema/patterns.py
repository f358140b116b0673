"""Makes short texts that a regular expression matches.

It knows literals, classes, groups, alternatives and repeats. Look-arounds and back references
match nothing here; whoever asks checks the text against the real pattern anyway.
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_REPEATS: Final = 10_000
_TRIES: Final = 28

_DIGITS: Final = string.digits
_LETTERS: Final = string.ascii_lowercase
_WORD: Final = string.ascii_lowercase + string.ascii_uppercase + string.digits + "_"
_SPACE: Final = " \t"
_ANY: Final = _LETTERS + string.ascii_uppercase + _DIGITS + "-_.:/@+ ,;!?#$%&*()[]{}<>=~^|'\"\\`"
_CLASSES: Final[dict[str, str]] = {
    "d": _DIGITS,
    "w": _WORD,
    "s": _SPACE,
    "D": "".join(one for one in _ANY if one not in _DIGITS),
    "W": "".join(one for one in _ANY if one not in _WORD),
    "S": "".join(one for one in _ANY if one not in _SPACE),
}
_CONTROLS: Final[dict[str, str]] = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


def samples(pattern: str, *, at_least: int = 0) -> Iterator[str]:
    """Yield texts that the pattern probably matches, the shortest first.

    Nothing is yielded for a pattern that is beyond this module.
    """
    try:
        tree = _Parser(pattern).parse()
    except (IndexError, ValueError):
        return
    for attempt in range(_TRIES):
        yield tree.text(_Choice(turn=attempt, extra=0))
    for extra in (1, 2, 3, at_least):
        for attempt in range(_TRIES):
            yield tree.text(_Choice(turn=attempt, extra=extra))


@dataclass(slots=True)
class _Choice:
    """Which of several ways to go: `turn` counts through them, `extra` lengthens repeats."""

    turn: int
    extra: int


@dataclass(frozen=True, slots=True)
class _Set:
    """One character out of some."""

    characters: str

    def text(self, choice: _Choice) -> str:
        """Return one of the characters."""
        if not self.characters:
            return ""
        at = choice.turn % len(self.characters)
        choice.turn //= len(self.characters)
        return self.characters[at]


@dataclass(frozen=True, slots=True)
class _Sequence:
    """Parts one after another."""

    parts: tuple["_Node", ...]

    def text(self, choice: _Choice) -> str:
        """Return the texts of all parts; the last one varies first."""
        return "".join(reversed([part.text(choice) for part in reversed(self.parts)]))


@dataclass(frozen=True, slots=True)
class _Either:
    """One of several ways."""

    ways: tuple["_Node", ...]

    def text(self, choice: _Choice) -> str:
        """Return the text of one way."""
        at = choice.turn % len(self.ways)
        choice.turn //= len(self.ways)
        return self.ways[at].text(choice)


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A part some number of times."""

    part: "_Node"
    fewest: int
    most: int

    def text(self, choice: _Choice) -> str:
        """Return the text as few times as allowed, and some more where asked."""
        times = min(self.fewest + choice.extra, self.most)
        return "".join(self.part.text(choice) for _ in range(times))


_Node = _Set | _Sequence | _Either | _Repeat
_NOTHING: Final = _Sequence(())


class _Parser:
    """Reads a pattern from left to right. Whatever is odd ends in IndexError or ValueError."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def parse(self) -> _Node:
        """Return the whole pattern as a tree."""
        tree = self._alternatives()
        if self._at < len(self._pattern):
            raise ValueError(self._pattern)
        return tree

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._pattern[self._at - 1]

    def _skip(self, text: str) -> bool:
        if self._pattern.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _alternatives(self) -> _Node:
        ways = [self._sequence()]
        while self._skip("|"):
            ways.append(self._sequence())
        return _Either(tuple(ways)) if len(ways) > 1 else ways[0]

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        return _Sequence(tuple(parts))

    def _atom(self) -> _Node:
        found: _Node
        match self._take():
            case "(":
                found = self._group()
            case "[":
                found = _Set(self._class())
            case "\\":
                found = self._escape()
            case "^" | "$":
                found = _NOTHING
            case literal:
                found = _Set(_ANY if literal == "." else literal)
        return found

    def _group(self) -> _Node:
        unwanted = any(self._skip(mark) for mark in ("?=", "?!", "?<=", "?<!"))
        if not unwanted and not self._skip("?:") and (self._skip("?P<") or self._skip("?<")):
            while self._take() != ">":
                pass
        inner = self._alternatives()
        if self._take() != ")":
            raise ValueError(self._pattern)
        return _NOTHING if unwanted else inner

    def _escape(self) -> _Node:
        name = self._take()
        return _NOTHING if name in "bBAZz" else _Set(self._escaped(name))

    def _escaped(self, name: str) -> str:
        if name in {"x", "u"}:
            width = 2 if name == "x" else 4
            self._at += width
            return chr(int(self._pattern[self._at - width : self._at], 16))
        return _CLASSES.get(name) or _CONTROLS.get(name) or name

    def _class(self) -> str:
        negated = self._skip("^")
        found = ""
        while self._peek() != "]" or not found:
            found += self._class_part()
        self._take()
        return "".join(one for one in _ANY if one not in found) if negated else found

    def _class_part(self) -> str:
        first = self._take()
        if first == "\\":
            first = self._escaped(self._take())
        if len(first) == 1 and self._peek() == "-" and self._pattern[self._at + 1] != "]":
            self._take()
            last = self._take()
            last = self._escaped(self._take()) if last == "\\" else last
            return "".join(map(chr, range(ord(first), min(ord(last), ord(first) + 127) + 1)))
        return first

    def _repeated(self, part: _Node) -> _Node:
        bounds = {"*": (0, MAX_REPEATS), "+": (1, MAX_REPEATS), "?": (0, 1)}.get(self._peek())
        if bounds is not None:
            self._take()
        elif self._peek() == "{":
            bounds = self._braces()
        if bounds is None:
            return part
        _ = self._skip("?") or self._skip("+")
        return _Repeat(part, *bounds)

    def _braces(self) -> tuple[int, int] | None:
        end = self._pattern.find("}", self._at)
        low, comma, high = self._pattern[self._at + 1 : end].partition(",")
        if not (low + high).isdecimal():
            return None  # an ordinary brace
        self._at = end + 1
        fewest = int(low or 0)
        most = int(high) if high else (MAX_REPEATS if comma else fewest)
        return min(fewest, MAX_REPEATS), min(most, MAX_REPEATS)
