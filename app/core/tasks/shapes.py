"""Answers as one client of Hugging Face wants them, where the other wants or takes another form."""

from typing import Any


def as_list(value: Any) -> Any:
    """Return an item alone as a list."""
    return [value] if isinstance(value, dict) else value


def only_item(value: Any) -> Any:
    """Return the first item of a list alone."""
    items: Any = value
    return items[0] if isinstance(value, list) and value else items


def with_groups(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return entities that are no groups as groups of one."""
    return [{"entity_group": one.get("entity"), **one} for one in value]
