"""Writes what was measured into the documentation, each benchmark into a section of its own."""

from collections.abc import Sequence
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "benchmarks.md"


def write_section(title: str, lines: Sequence[str], document: Path = DOCUMENT) -> None:
    """Replace a section of a document, or add it; all others stay as they are."""
    text = document.read_text(encoding="utf-8")
    document.write_text(with_section(text, title, lines), encoding="utf-8")


def with_section(text: str, title: str, lines: Sequence[str]) -> str:
    """Return a document with one of its sections replaced, or added at the end."""
    section = "\n".join([f"## {title}", "", *lines, ""])
    before, found, after = text.partition(f"\n## {title}\n")
    if not found:
        return f"{text.rstrip()}\n\n{section}"
    _, following, rest = after.partition("\n## ")
    return f"{before.rstrip()}\n\n{section}" + (f"\n## {rest}" if following else "")
