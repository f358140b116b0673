"""Lists, for people on a terminal and for programs behind a pipe."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows below their titles. The first column, which names a row, is never cut.

    Behind a pipe, cells are separated by tabs and nothing is cut or wrapped.
    """
    printable = [[_printable(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        lines = ["\t".join(line) for line in (titles, *printable)]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        return
    first, *others = titles
    columns = [Column(first, no_wrap=True), *(Column(one, overflow="fold") for one in others)]
    table = Table(*columns, box=None, pad_edge=False)
    for row in printable:
        table.add_row(*map(Text, row))
    Console().print(table)


def when(moment: datetime) -> str:
    """Return a moment as lists show it, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}"


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)
