"""Writes what comes of each cell into docs/resilience.md: `python -m tests.faults.matrix_page`."""

import asyncio
import re
import sys
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.faults.matrix import CELLS, Result, run_matrix

PAGE: Final = Path(__file__).parents[2] / "docs/resilience.md"
_TITLE: Final = "# Upstreams that fail\n"
_HEADING: Final = "## The matrix\n"
_SECTION: Final = re.compile(rf"^{_HEADING}.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_COLUMNS: Final = (
    "| what the upstream does | whole | streamed | whole, with a fallback "
    "| streamed, with a fallback |"
)
_INTRODUCTION: Final = """
Every way in which an upstream can fail, met by a call for a whole answer and by one for a stream,
each with nobody else to ask and with a second target. This is a real run against a server in a
process of its own (`python -m tests.faults.matrix_page` writes it); `make faults` tries all of
it, `make check` a dozen cells by chance. What must come of each is a table in
`tests/faults/upstream_table.py`.

In each cell: what the client sees (status, then the finish reason or the error's code; after a
200, an error is the last event of the stream), how many attempts were made where it was more than
one, what the call costs and where that is known from, and how long it took. "No first byte",
"stalls" and "drips" run with short limits: 0.8 s for the first byte of a stream, 0.5 s between its
data, 3 s in all, of which the first of two targets has 1 s. A whole answer has only the limit in
all: give a target that others stand behind less than the others have, or it takes all of the time.

Besides, for all of them: no text is delivered twice, each call has one entry, nothing is held
afterwards, no call is under way, no line to an upstream that went wrong is open, and `meterhouse
verify` finds nothing.

"""


def page_with(section: str, page: str) -> str:
    """Return the page with this section in the place of the one that it had, or at its end."""
    if _SECTION.search(page):
        return _SECTION.sub(lambda found: section + "\n" * found.group().endswith("\n\n"), page)
    return f"{page or _TITLE}\n{section}"


def section_of(results: Sequence[Result]) -> str:
    """Return the section: a row for each fault."""
    lines = [_COLUMNS, "|---|---|---|---|---|"]
    for fault, found in groupby(results, lambda one: one.cell.fault):
        row = sorted(found, key=lambda one: (one.cell.has_spare, one.cell.stream))
        lines.append(f"| {fault.name} | {' | '.join(one.words for one in row)} |")
    return f"{_HEADING}\n{_INTRODUCTION.lstrip()}" + "\n".join(lines) + "\n"


def main() -> int:
    """Run the matrix and write the page."""
    with tempfile.TemporaryDirectory(prefix="meterhouse-") as folder:
        results = asyncio.run(run_matrix(Path(folder), CELLS))
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    PAGE.write_text(page_with(section_of(results), page), encoding="utf-8")
    sys.stdout.write(f"{len(results)} cells: {PAGE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
