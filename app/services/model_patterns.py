"""Patterns of model names: a name, or one with `*` for any text."""

from collections.abc import Iterable


def allows(patterns: Iterable[str] | None, model: str) -> bool:
    """Say whether a model may be called by whoever is limited to some patterns; None is no limit.

    A suffix after the last colon, such as `:fastest`, is the caller's choice unless a pattern has
    one too.
    """
    if patterns is None:
        return True
    base = model.rpartition(":")[0]
    return any(matches(one, model) or matches(one, base) for one in patterns)


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
