"""One log for everything: readable on a terminal, one JSON object a line anywhere else.

What our own code logs through structlog and what libraries log through `logging` (uvicorn,
SQLAlchemy, asyncio) pass the same steps, so neither can show a secret or break out of its line.
"""

import json
import logging
import sys
from typing import Final, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.core.config import Settings
from app.core.redaction import one_line, redact_fields

_ENCODE: Final = json.JSONEncoder().encode  # after redaction, an event is plain data
_EXCEPTION: Final = "exception"
REQUEST_ANSWERED: Final = "request_answered"
_ANSWERED_FIELDS: Final = frozenset({"event", "method", "route", "status", "ms", "request_id"})
_OWN_HANDLERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.access")  # uvicorn brings its own


def configure(settings: Settings, *, stream: TextIO | None = None) -> None:
    """Send every log of the process to one stream, standard error unless told otherwise.

    May be called again: the latest call wins.
    """
    style = _style(settings.log_format, stream)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    steps = _steps(style)
    quick = [_answered_writer(stream)] if style == "json" else []
    structlog.configure(
        processors=[*quick, structlog.contextvars.merge_contextvars, *_stamps(style), *steps],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Line(stream),
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_stamps(style),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *steps],
    )
    _route_libraries(_LibraryHandler(stream, formatter), level)


def _answered_writer(stream: TextIO | None) -> Processor:
    """Return the step that writes the line of a request that went well, in a third of the time.

    Most lines are such lines. They hold a request's id and words of our own, so no secret.
    """
    line, stamp = _Line(stream), structlog.processors.TimeStamper(fmt="iso", utc=True)

    def write_answered(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        if event["event"] != REQUEST_ANSWERED or event.keys() ^ _ANSWERED_FIELDS:
            return event
        if not event["method"].isalpha() or event["status"] is None:
            return event
        now = stamp(logger, method, event)["timestamp"]
        line.msg(
            f'{{"method": "{event["method"]}", "route": "{event["route"]}", "status": '
            f'{event["status"]}, "ms": {event["ms"]}, "event": "{REQUEST_ANSWERED}", "request_id": '
            f'"{event["request_id"]}", "level": "info", "timestamp": "{now}"}}'
        )
        raise structlog.DropEvent

    return write_answered


def redact_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace secrets in the fields of an event, by field name and by what they look like."""
    return redact_fields(event)


def flatten_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep each field on its line, and mark the lines of a traceback as not being events."""
    for name, value in event.items():
        if name == _EXCEPTION:
            lines = str(value).splitlines()
            event[name] = "\n".join(f"  | {one_line(line)}" for line in lines)
        elif not isinstance(value, int | float):
            event[name] = one_line(str(value))
    return event


def render_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Write an event as JSON in ASCII, so that nothing in it can end the line."""
    return _ENCODE(event)


class _Line:
    """Writes finished lines. It asks for standard error anew each time: tests replace it.

    A full disk or a closed stream loses lines: it must not fail what was being done.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        stream = self._stream or sys.stderr
        try:
            stream.write(f"{line}\n")
            stream.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = exception = msg


class _LibraryHandler(logging.Handler):
    """Passes on what libraries log."""

    def __init__(self, stream: TextIO | None, formatter: logging.Formatter) -> None:
        super().__init__()
        self._line = _Line(stream)
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self._line.msg(self.format(record))


def _style(wanted: Literal["auto", "terminal", "json"], stream: TextIO | None) -> str:
    if wanted != "auto":
        return wanted
    return "terminal" if (stream or sys.stderr).isatty() else "json"


def _stamps(style: str) -> list[Processor]:
    stamp = structlog.processors.TimeStamper(
        fmt="%H:%M:%S" if style == "terminal" else "iso", utc=style != "terminal"
    )
    return [structlog.processors.add_log_level, stamp]


def _steps(style: str) -> list[Processor]:
    """Return what happens to every event; redaction comes after tracebacks have become text."""
    common: list[Processor] = [structlog.processors.format_exc_info, redact_event]
    if style == "json":
        return [*common, render_json]
    renderer = structlog.dev.ConsoleRenderer(
        exception_formatter=structlog.dev.plain_traceback,  # the pretty one shows local variables
        pad_event_to=0,
    )
    return [*common, flatten_event, renderer]


def _route_libraries(handler: logging.Handler, level: int) -> None:
    """Take over the log of libraries, of which only warnings matter unless one is debugging."""
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _LibraryHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level if level <= logging.DEBUG else max(level, logging.WARNING))
    for name in _OWN_HANDLERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = name != "uvicorn.access"  # ours says it once, with the request id
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # its details are the values of SQL
