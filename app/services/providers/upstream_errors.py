"""From an upstream's refusal, in whatever form, to an error of ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final, cast

from pydantic_core import from_json

from app.core import errors
from app.core.clock import Clock

MAX_MESSAGE_CHARACTERS: Final = 2_000
_FAILING: Final = range(400, 600)  # HTTP statuses
_LONGEST_WAIT: Final = 86_400.0  # seconds: more than a day is a mistake

_REJECTED: Final[Mapping[int, type[errors.UpstreamRejectedError]]] = {
    HTTPStatus.NOT_FOUND: errors.UpstreamNotFoundError,
    HTTPStatus.GONE: errors.UpstreamNotFoundError,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: errors.UpstreamTooLargeError,
    HTTPStatus.UNPROCESSABLE_ENTITY: errors.UpstreamUnprocessableError,
}
_Kind = type[errors.UpstreamError]

_OPERATORS_AFFAIR: Final[Mapping[int, tuple[_Kind, str]]] = {
    HTTPStatus.UNAUTHORIZED: (
        errors.UpstreamCredentialsError,
        "refuses this gateway's credential. Ask the operator to check it.",
    ),
    HTTPStatus.FORBIDDEN: (
        errors.UpstreamCredentialsError,
        "does not let this gateway's credential do that. Ask the operator to check it.",
    ),
    HTTPStatus.PAYMENT_REQUIRED: (
        errors.UpstreamCreditsError,
        "has no credits left for this gateway. Ask the operator to top them up.",
    ),
}
_UNAVAILABLE: Final = (errors.UpstreamUnavailableError, "is not available")
_TIMED_OUT: Final = (errors.UpstreamTimeoutError, "timed out")
_MAY_PASS: Final[Mapping[int, tuple[_Kind, str]]] = {
    HTTPStatus.TOO_MANY_REQUESTS: (errors.UpstreamRateLimitedError, "is rate limited"),
    HTTPStatus.SERVICE_UNAVAILABLE: _UNAVAILABLE,
    HTTPStatus.TOO_EARLY: _UNAVAILABLE,
    HTTPStatus.FAILED_DEPENDENCY: (errors.UpstreamError, "failed"),  # TGI and TEI: broke on the way
    529: _UNAVAILABLE,  # Anthropic's "overloaded"
    HTTPStatus.REQUEST_TIMEOUT: _TIMED_OUT,
    HTTPStatus.GATEWAY_TIMEOUT: _TIMED_OUT,
}
# Nobody bills for answering with an error, but these may come from a proxy that has waited too long
# for a model, which goes on writing: 499 is nginx's, 520 and 524 are Cloudflare's.
_GIVEN_UP_ON: Final = frozenset({408, 499, 504, 520, 524})
# Hugging Face's client asks again, without an end, where it reads this.
_ASKS_AGAIN: Final = "The following `model_kwargs` are not used by the model:"
# TGI says in its streams only of which kind an error is, after a status of 200.
_STATUS_OF_TYPES: Final = {"validation": 422, "overloaded": 429, "generation": 424}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an upstream says went wrong, whatever form it said it in."""

    message: str
    code: str | None = None
    param: str | None = None
    status: int | None = None  # where a stream's error event names one


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer with a failing status; `body` may have been cut at a bound."""

    status: int
    retry_after: str | None  # the header
    body: bytes


def error_from_answer(upstream: str, refusal: Refusal, clock: Clock) -> errors.UpstreamError:
    """Return the error behind an answer with a failing status.

    An upstream's 401, 402 and 403 are the operator's affair: their text stays in the log.
    """
    retry_after = _retry_after_seconds(refusal.retry_after, clock)
    loads_for = _estimated_seconds(refusal.body)
    if retry_after is None:
        retry_after = loads_for
    complaint = read_complaint(refusal.body)
    if loads_for is not None and refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        error: errors.UpstreamError = errors.UpstreamLoadingError(
            f"The upstream {upstream!r} loads the model: {complaint.message}",
            retry_after_seconds=retry_after,
        )
    else:
        error = _error(upstream, refusal.status, complaint, retry_after)
    error.may_be_billed = refusal.status in _GIVEN_UP_ON
    return error


def error_from_event(upstream: str, event: Mapping[str, Any]) -> errors.UpstreamError:
    """Return the error behind an error object that came inside a stream or a 200."""
    complaint = _complaint_in(event) or Complaint("no reason given")
    return _error(upstream, complaint.status or 500, complaint, None)


def read_complaint(body: bytes) -> Complaint:
    """Return what a failing body says; HTML and other long texts are only named."""
    try:
        parsed: Any = from_json(body)
    except ValueError:
        return _complaint_of_text(body)
    return _complaint_in(parsed) or Complaint("no reason given")


def _error(
    upstream: str, status: int, complaint: Complaint, retry_after: float | None
) -> errors.UpstreamError:
    if status in _OPERATORS_AFFAIR:
        kind, words = _OPERATORS_AFFAIR[status]
        error = kind(f"The upstream {upstream!r} {words}")
        if isinstance(error, errors.UpstreamCredentialsError):
            error.is_for_model = status == HTTPStatus.FORBIDDEN
        return error
    if status in _MAY_PASS:
        kind, words = _MAY_PASS[status]
        message = f"The upstream {upstream!r} {words}: {complaint.message}"
        return kind(message, retry_after_seconds=retry_after)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _REJECTED.get(status, errors.UpstreamRejectedError)(
            f"The upstream {upstream!r} refused the request: {complaint.message}",
            param=complaint.param,
            upstream_code=complaint.code,
        )
    return errors.UpstreamError(f"The upstream {upstream!r} failed: {complaint.message}")


def _complaint_in(value: Any) -> Complaint | None:
    """Find the words in a JSON value, in any form that routers, providers and servers use."""
    match value:
        case str():
            return Complaint(_bounded(value)) if value.strip() else None
        case [*parts]:
            found = [part.message for part in map(_complaint_in, parts) if part]
            return Complaint(_bounded("; ".join(found))) if found else None
        case dict():
            return _complaint_in_object(cast("dict[str, Any]", value))
        case _:
            return None


def _complaint_in_object(value: Mapping[str, Any]) -> Complaint | None:
    for key in ("error", "message", "detail", "errors", "msg"):
        found = _complaint_in(value.get(key))
        if found:
            return Complaint(
                found.message,
                code=found.code or _text(value.get("code")),
                param=found.param or _text(value.get("param")),
                status=found.status or _status(value),
            )
    return None


def _status(value: Mapping[str, Any]) -> int | None:
    for key in ("http_status_code", "status_code", "status", "code"):
        number = value.get(key)
        if isinstance(number, int) and number in _FAILING:
            return number
    return _STATUS_OF_TYPES.get(_text(value.get("error_type")) or "")


def _text(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) and value else None


def _complaint_of_text(body: bytes) -> Complaint:
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return Complaint("no reason given")
    if text.startswith("<"):
        return Complaint("it answered an HTML page, so something in front of it failed")
    return Complaint(_bounded(text))


def _bounded(text: str) -> str:
    text = text.replace(_ASKS_AGAIN, "The model does not use these `model_kwargs`:")
    return text if len(text) <= MAX_MESSAGE_CHARACTERS else text[:MAX_MESSAGE_CHARACTERS] + "..."


def _retry_after_seconds(value: str | None, clock: Clock) -> float | None:
    """Read `Retry-After`, which is a number of seconds or an HTTP date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - clock.now()).total_seconds()
        except (ValueError, TypeError):
            return None
    return seconds if 0 <= seconds < _LONGEST_WAIT else None


def _estimated_seconds(body: bytes) -> float | None:
    """Read how long a cold model still loads: `{"error": ..., "estimated_time": 20.0}`."""
    try:
        parsed: Any = from_json(body)
    except ValueError:
        return None
    match parsed:
        case {"estimated_time": int() | float() as seconds} if 0 <= seconds < _LONGEST_WAIT:
            return float(seconds)
        case _:
            return None
