"""Patterns of model names: a name, or one with `*` for any text."""

from collections.abc import Iterable


def allow(patterns: Iterable[str], *names: str) -> bool:
    """Say whether any of some patterns matches any name of a model."""
    return any(matches(pattern, name) for pattern in patterns for name in names)


def covers(patterns: Iterable[str], narrower: str) -> bool:
    """Say whether everything that a pattern matches is matched by one of others too.

    A `*` of the narrower pattern can only be matched by another `*`, which takes whatever it stands
    for.
    """
    return any(matches(one, narrower) for one in patterns)


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern matches a whole name, case and all. No pattern takes long."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, last = rest
    place, end = len(first), len(name) - len(last)
    if place > end or not name.startswith(first) or not name.endswith(last):
        return False
    for part in middle:
        found = name.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
