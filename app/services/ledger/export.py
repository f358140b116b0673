"""Entries as a file, however many: CSV, or a line of JSON each."""

import csv
import io
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pydantic_core import to_json

from app.core.clock import Clock, epoch_ms
from app.db.repositories.entries import EntryFilter, EntryReader
from app.db.repositories.usage_sums import Span
from app.services.ledger.entry_facts import NAMES, facts_of
from app.services.ledger.ledger import Ledger
from app.services.ledger.usage_query import CallFilter

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets run, where a cell begins so


class ExportFormat(StrEnum):
    """What the file is."""

    CSV = "csv"
    JSONL = "jsonl"


_MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.JSONL: "application/x-ndjson",
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file that is made while it is read."""

    pieces: AsyncGenerator[bytes]
    media_type: str
    file_name: str


class EntryExports:
    """Writes entries that were created until now, the oldest first."""

    def __init__(self, entries: EntryReader, ledger: Ledger, clock: Clock) -> None:
        """Take where entries are read, the ledger that may still hold some, and the time."""
        self._entries = entries
        self._ledger = ledger
        self._clock = clock

    async def export(self, calls: CallFilter, form: ExportFormat) -> Export:
        """Begin an export. What is created from now on is not in it.

        Raises:
            InvalidRequestError: the period ends before it begins.
            NotReadyError: entries cannot be written right now.
        """
        span = calls.period.span()
        await self._ledger.flush()
        end_ms = min(span.end_ms, epoch_ms(self._clock.now()) + 1)
        wanted = EntryFilter(Span(span.begin_ms, end_ms), calls.only)
        return Export(
            pieces=self._csv(wanted) if form is ExportFormat.CSV else self._jsonl(wanted),
            media_type=_MEDIA_TYPES[form],
            file_name=f"entries.{form}",
        )

    async def _csv(self, wanted: EntryFilter) -> AsyncGenerator[bytes]:
        yield _csv_line(NAMES)
        async for rows in self._entries.iter_since(wanted):
            yield b"".join(_csv_line(map(_cell, facts_of(row).values())) for row in rows)

    async def _jsonl(self, wanted: EntryFilter) -> AsyncGenerator[bytes]:
        async for rows in self._entries.iter_since(wanted):
            yield b"".join(to_json(facts_of(row)) + b"\n" for row in rows)


def _csv_line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().encode()


def _cell(value: Any) -> str:
    """Return the text of a cell. Texts of callers are never formulas: such get an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return to_json(value).decode().strip('"')
