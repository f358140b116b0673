"""What must come of each fault of an upstream: the table to argue with.

A row says what a client sees that asks for a whole answer, and one that asks for a stream, where
nobody else can be asked. Where somebody else can, `goes_on` says whether that one's answer is seen
instead; if not, all is as it was alone.
"""

from typing import Final, NamedTuple

from tests.faults import upstream_faults as faults
from tests.faults.upstream_faults import Play, refuses


class Wanted(NamedTuple):
    """What must come of one call."""

    sees: str  # status, then the code of the error or the finish reason
    attempts: int = 1
    basis: str = "nothing"  # what it costs: nothing, or as much as is reported, counted, estimated
    goes_on: bool = True


class Fault(NamedTuple):
    """One thing that an upstream does wrong."""

    name: str
    play: Play | str  # or the URL of an upstream that nobody reaches
    whole: Wanted
    streamed: Wanted
    is_slow: bool = False  # short time limits are set, and one of them ends it


def _alike(name: str, play: Play | str, wanted: Wanted) -> Fault:
    return Fault(name, play, wanted, wanted)


def _repeated(code: str, status: int = 502) -> Wanted:
    return Wanted(f"{status} {code}", attempts=3)


def _once(code: str, status: int = 502) -> Wanted:
    return Wanted(f"{status} {code}")


def _final(code: str, status: int) -> Wanted:
    return Wanted(f"{status} {code}", goes_on=False)


def _doubtful(code: str, attempts: int = 3, status: int = 502) -> Wanted:
    """Return what comes of an answer that may have been billed, though nobody can use it."""
    return Wanted(f"{status} {code}", attempts, "estimated")


def _begun(code: str) -> Wanted:
    """Return what comes of a stream of which text has left: nobody else can be asked."""
    return Wanted(f"200 {code}", basis="estimated", goes_on=False)


NOBODY: Final = "http://127.0.0.1:1"
NOWHERE: Final = "http://no-such-host.invalid"
UNTRUSTED: Final = "https"

_STOPS: Final = Wanted("200 stop", basis="reported", goes_on=False)
_COUNTED: Final = _STOPS._replace(basis="counted")
_UNFINISHED: Final = _STOPS._replace(sees="200 no finish reason")  # passed on as it came
_NO_MODEL: Final = b'{"error": {"message": "not by this provider", "code": "model_not_supported"}}'
_LOADS: Final = b'{"error": "Model m is currently loading", "estimated_time": %b}'
_PAGE: Final = b"<html><body>Gateway time-out</body></html>"

FAULTS: Final = (
    _alike("connection refused", NOBODY, _repeated("upstream_unreachable")),
    _alike("unknown host", NOWHERE, _repeated("upstream_unreachable")),
    _alike("untrusted certificate", UNTRUSTED, _repeated("upstream_unreachable")),
    _alike("closed unanswered", faults.closes, _doubtful("upstream_unreachable")),
    _alike("401", refuses("401 Unauthorized"), _once("upstream_credentials")),
    _alike("402", refuses("402 Payment Required"), _once("upstream_credits", 503)),
    _alike("403", refuses("403 Forbidden"), _once("upstream_credentials")),
    _alike("404", refuses("404 Not Found"), _once("upstream_not_found", 404)),
    _alike("410", refuses("410 Gone"), _once("upstream_not_found", 404)),
    _alike(
        "400 model_not_supported",
        refuses("400 Bad Request", _NO_MODEL),
        _once("model_not_supported", 400),
    ),
    _alike("413", refuses("413 Too Large"), _final("upstream_too_large", 413)),
    _alike("422", refuses("422 Unprocessable"), _final("upstream_unprocessable", 422)),
    _alike("424", refuses("424 Failed Dependency"), _repeated("upstream_error")),
    _alike("429", refuses("429 Slow Down"), _repeated("upstream_rate_limited", 429)),
    _alike(
        "429, again in 0.2 s",
        refuses("429 Slow Down", b"{}", b"Retry-After: 0.2"),
        _repeated("upstream_rate_limited", 429),
    ),
    _alike(
        "429, again in 60 s",
        refuses("429 Slow Down", b"{}", b"Retry-After: 60"),
        _once("upstream_rate_limited", 429),
    ),
    _alike("500", refuses("500 Oops"), _repeated("upstream_error")),
    _alike("502", refuses("502 Bad Gateway"), _repeated("upstream_error")),
    _alike("503", refuses("503 Busy"), _repeated("upstream_unavailable", 503)),
    _alike(
        "503, loads for 0.2 s",
        refuses("503 Loading", _LOADS % b"0.2"),
        _repeated("upstream_loading", 503),
    ),
    _alike(
        "503, loads for 60 s",
        refuses("503 Loading", _LOADS % b"60"),
        _once("upstream_loading", 503),
    ),
    _alike(
        "504 with a page", refuses("504 Time-out", _PAGE), _doubtful("upstream_timeout", 3, 504)
    ),
    _alike("529", refuses("529 Overloaded"), _repeated("upstream_unavailable", 503)),
    Fault(
        "no first byte",
        faults.keeps_silent,
        _doubtful("upstream_timeout", 1, 504),
        _doubtful("upstream_timeout", 3, 504),
        is_slow=True,
    ),
    Fault(
        "stalls on the way",
        faults.stalls,
        _doubtful("upstream_timeout", 1, 504),
        _begun("upstream_timeout"),
        is_slow=True,
    ),
    Fault(
        "drips comments or blanks",
        faults.drips,
        _doubtful("upstream_timeout", 1, 504),
        _doubtful("upstream_timeout", 3, 504),
        is_slow=True,
    ),
    _alike("one byte at a time", faults.sends_single_bytes, _STOPS),
    Fault(
        "cut on the way",
        faults.breaks_off,
        _doubtful("upstream_truncated"),
        _begun("upstream_truncated"),
    ),
    Fault(
        "shorter than its Content-Length",
        faults.cuts,
        _doubtful("upstream_truncated"),
        _begun("upstream_truncated"),
    ),
    Fault("no finish reason", faults.has_no_finish, _UNFINISHED, _begun("upstream_truncated")),
    _alike("no [DONE]", faults.has_no_done, _STOPS),
    Fault(
        "error event after text",
        faults.fails_after_text,
        _doubtful("upstream_protocol"),
        _begun("upstream_error"),
    ),
    _alike("error at once, in a 200", faults.fails_at_once, _doubtful("upstream_error")),
    _alike(
        "error as JSON, in a 200", faults.answers_a_failure_as_json, _doubtful("upstream_error")
    ),
    Fault(
        "garbage after text",
        faults.sends_garbage,
        _doubtful("upstream_protocol"),
        _begun("upstream_protocol"),
    ),
    _alike("garbage at once", faults.sends_garbage_first, _doubtful("upstream_protocol")),
    Fault(
        "bad UTF-8",
        faults.sends_bad_utf8,
        _doubtful("upstream_protocol"),
        _begun("upstream_protocol"),
    ),
    Fault(
        "a line of 10 MB",
        faults.sends_a_long_line,
        _doubtful("upstream_unreachable"),
        _begun("upstream_protocol"),
    ),
    _alike("gzip bomb", faults.sends_a_bomb, _doubtful("upstream_protocol")),
    Fault(
        "JSON to a stream, events to a whole",
        faults.answers_the_other_way,
        _doubtful("upstream_protocol"),
        _STOPS,
    ),
    _alike("no usage", faults.has_no_usage, _COUNTED),
)
