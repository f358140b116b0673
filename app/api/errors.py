"""What a failed request is answered: one table from domain error to status and body."""

import http
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from app.api.clients import is_javascript
from app.api.validation import as_domain_error
from app.core import errors
from app.core.redaction import one_line, redact_text

_log: Final = structlog.stdlib.get_logger(__name__)

ErrorType = Literal[
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "insufficient_quota",
    "rate_limit_error",
    "server_error",
]
HfErrorType = Literal["validation", "overloaded", "generation", "incomplete_generation"]


class ErrorDetail(BaseModel):
    """What went wrong, for people (`message`) and for programs (the rest)."""

    message: str
    type: ErrorType
    code: str
    param: str | None
    request_id: str | None


class ErrorBody(BaseModel):
    """The body of every failed request, in OpenAI's form."""

    error: ErrorDetail


class HfErrorBody(BaseModel):
    """The body of a failed request on a Hugging Face style route."""

    error: str
    error_type: HfErrorType | None = None


class Outcome(NamedTuple):
    """How an error looks from outside. `retry` is None where the status says enough."""

    status: int
    type: ErrorType
    hf_type: HfErrorType | None = None
    retry: bool | None = None
    hf_status: int | None = None  # where Hugging Face's clients expect another one


_INVALID: Final = Outcome(400, "invalid_request_error", "validation")
OUTCOMES: Final[Mapping[type[errors.AppError], Outcome]] = {
    errors.AppError: Outcome(500, "server_error"),
    errors.ConfigurationError: Outcome(500, "server_error", retry=False),
    errors.InvalidRequestError: _INVALID,
    errors.PriceUnknownError: _INVALID._replace(retry=False),
    errors.UnauthenticatedError: Outcome(401, "authentication_error"),
    errors.ForbiddenError: Outcome(403, "permission_error"),
    errors.NotFoundError: Outcome(404, "not_found_error"),
    errors.ConflictError: Outcome(409, "invalid_request_error", retry=False),
    errors.TooLargeError: _INVALID._replace(status=413),
    errors.HeadTooLargeError: _INVALID._replace(status=431),
    errors.RequestTimeoutError: _INVALID._replace(status=408),
    errors.UnsupportedMediaTypeError: _INVALID._replace(status=415),
    errors.BudgetExceededError: Outcome(402, "insufficient_quota", retry=False),
    errors.RateLimitedError: Outcome(429, "rate_limit_error", "overloaded"),
    errors.BudgetBusyError: Outcome(429, "rate_limit_error", "overloaded"),
    errors.NotReadyError: Outcome(503, "server_error", "overloaded"),
    errors.OverloadedError: Outcome(503, "server_error", "overloaded", retry=True, hf_status=429),
    errors.UpstreamError: Outcome(502, "server_error", "generation"),
    errors.UpstreamTimeoutError: Outcome(504, "server_error", "generation"),
    errors.UpstreamCredentialsError: Outcome(502, "server_error", "generation", retry=False),
    errors.UpstreamCreditsError: Outcome(503, "server_error", "generation", retry=False),
    errors.UpstreamRateLimitedError: Outcome(429, "rate_limit_error", "overloaded"),
    errors.UpstreamUnavailableError: Outcome(503, "server_error", "overloaded"),
    errors.UpstreamTruncatedError: Outcome(502, "server_error", "incomplete_generation"),
    errors.UpstreamRejectedError: _INVALID,
    errors.UpstreamNotFoundError: Outcome(404, "not_found_error"),
    errors.UpstreamTooLargeError: _INVALID._replace(status=413),
    errors.UpstreamUnprocessableError: _INVALID._replace(status=422),
}

# For `FastAPI(responses=...)`: it also keeps FastAPI from promising its own 422 body.
RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": ErrorBody, "description": "The request cannot be answered as it is."},
    "5XX": {"model": ErrorBody, "description": "The gateway or an upstream failed."},
}

_UNEXPECTED: Final = (
    "Something unexpected went wrong in the gateway. Its log has the details under this request id."
)
_LONGEST_MESSAGE: Final = 4_000
_LONGEST_HEADER: Final = 500
_HF_PATHS: Final = ("/hf-inference/", "/models/", "/api/")


def outcome_of(error: Exception) -> Outcome:
    """Return the outcome of the nearest known ancestor; anything foreign is a plain 500."""
    return next(
        (OUTCOMES[kind] for kind in type(error).__mro__ if kind in OUTCOMES),
        OUTCOMES[errors.AppError],
    )


def install(app: FastAPI) -> None:
    """Answer every error of an application in the gateway's own form."""
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
        errors.AppError: _app_error,
        RequestValidationError: _validation_error,
        HTTPException: _http_exception,
        ClientDisconnect: _client_left,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def render(scope: Scope, error: Exception) -> Response:
    """Return the complete response for an error, in the form of the route it happened on."""
    outcome, detail = outcome_of(error), _detail(error, request_id_of(scope))
    headers = {**_own_headers(error), **_retry_headers(error, outcome)}
    return _respond(scope, outcome, detail, headers)


def render_unexpected(scope: Scope, error: Exception) -> Response:
    """Log an error that nobody foresaw, and return a response that says nothing about it."""
    _log.error("request_failed", request_id=request_id_of(scope), exc_info=error)
    return render(scope, error)


def error_event(error: Exception, request_id: str | None) -> bytes:
    """Return the last event of a stream that began well and cannot be finished."""
    return b"data: %b\n\n" % ErrorBody(error=_detail(error, request_id)).model_dump_json().encode()


def hf_error_event(error: Exception, request_id: str | None) -> bytes:
    """Return the same in the form that TGI's clients read."""
    detail, outcome = _detail(error, request_id), outcome_of(error)
    body = HfErrorBody(error=detail.message, error_type=outcome.hf_type)
    return b"data: %b\n\n" % body.model_dump_json(exclude_none=True).encode()


def request_id_of(scope: Scope) -> str | None:
    """Return our id of the request, if it has come far enough to have one."""
    return scope.get("state", {}).get("request_id")


def is_hf_style(scope: Scope) -> bool:
    """Say whether the client of this path is a Hugging Face one, which reads a plain text."""
    return scope["path"].startswith(_HF_PATHS)


def header_text(text: str) -> str:
    """Return a text as a header can carry it: ASCII, on one line, bounded."""
    if len(text) <= _LONGEST_HEADER and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    flat = " ".join(one_line(text.replace("\n", " ")).split())
    return flat.encode("ascii", "replace").decode("ascii")[:_LONGEST_HEADER].rstrip()


def _detail(error: Exception, request_id: str | None) -> ErrorDetail:
    outcome = outcome_of(error)
    if not isinstance(error, errors.AppError) or outcome.status == http.HTTPStatus(500):
        error = errors.AppError(_UNEXPECTED)
    return ErrorDetail(
        message=redact_text(error.message)[:_LONGEST_MESSAGE],
        type=outcome.type,
        code=error.code,  # an instance may carry the upstream's own
        param=error.param,
        request_id=request_id,
    )


def _respond(
    scope: Scope, outcome: Outcome, detail: ErrorDetail, headers: Mapping[str, str]
) -> Response:
    state = scope.setdefault("state", {})
    state["error_code"] = detail.code
    of_call: Callable[[], Mapping[str, str]] = state.get("call_headers", dict)  # if it is one
    body = (
        HfErrorBody(error=detail.message, error_type=outcome.hf_type)
        if is_hf_style(scope)
        else ErrorBody(error=detail)
    )
    return Response(
        body.model_dump_json(exclude_none=isinstance(body, HfErrorBody)),
        status_code=_status(scope, outcome),
        media_type="application/json",
        headers={"x-error-message": header_text(detail.message), **of_call(), **headers},
    )


def _status(scope: Scope, outcome: Outcome) -> int:
    """Return the status. The JavaScript client asks again after each 503, at once and for ever."""
    status = (is_hf_style(scope) and outcome.hf_status) or outcome.status
    if status == http.HTTPStatus.SERVICE_UNAVAILABLE and is_javascript(scope):
        is_soon_over = outcome.hf_type == "overloaded"
        return http.HTTPStatus.TOO_MANY_REQUESTS if is_soon_over else http.HTTPStatus.BAD_GATEWAY
    return status


def _own_headers(error: Exception) -> Mapping[str, str]:
    return error.headers if isinstance(error, errors.AppError) else {}


def _retry_headers(error: Exception, outcome: Outcome) -> dict[str, str]:
    headers: dict[str, str] = {}
    if outcome.status == http.HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if outcome.retry is not None:
        headers["x-should-retry"] = "true" if outcome.retry else "false"
    if isinstance(error, errors.AppError) and error.retry_after_seconds is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after_seconds)))
    return headers


async def _app_error(request: Request, error: errors.AppError) -> Response:
    return render(request.scope, error)


async def _validation_error(request: Request, error: RequestValidationError) -> Response:
    content_type = request.headers.get("content-type")
    problems = cast("Sequence[Mapping[str, Any]]", error.errors())
    return render(
        request.scope, as_domain_error(problems, body=error.body, content_type=content_type)
    )


async def _http_exception(request: Request, error: HTTPException) -> Response:
    """Translate what the framework itself refuses: no such path or method, an unreadable body."""
    scope, cause = request.scope, error.__cause__
    if isinstance(cause, ClientDisconnect):
        return await _client_left(request, cause)
    if known := _readable_cause(cause):
        return render(scope, known)
    outcome = Outcome(error.status_code, _type_of(error.status_code), "validation")
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = _allowed_methods(scope)
    detail = ErrorDetail(
        message=_http_message(scope, error, headers),
        type=outcome.type,
        code=_code_of(error.status_code),
        param=None,
        request_id=request_id_of(scope),
    )
    return _respond(scope, outcome, detail, headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    return render_unexpected(request.scope, error)


async def _client_left(request: Request, error: ClientDisconnect) -> Response:
    del request, error
    return Response(status_code=499)  # nobody reads it; the access log does


def _readable_cause(cause: BaseException | None) -> errors.AppError | None:
    """Return what made a body unreadable, which FastAPI hides behind a plain 400."""
    match cause:
        case errors.AppError():
            return cause
        case UnicodeDecodeError():
            return errors.InvalidRequestError(
                f"The body is not UTF-8 text: byte {cause.start} cannot be read."
            )
        case RecursionError():
            return errors.InvalidRequestError("The JSON of the body is nested too deeply.")
        case _:
            return None


def _http_message(scope: Scope, error: HTTPException, headers: Mapping[str, str]) -> str:
    asked = f"{scope['method']} {one_line(scope['path'][:200])}"
    match error.status_code:
        case http.HTTPStatus.NOT_FOUND:
            if meant := _meant_path(scope):
                return (
                    f"There is no `{asked}` here. Use `{meant}`: a client's base URL ends in /v1."
                )
            return f"There is no `{asked}` here. /docs lists what there is; the API is below /v1."
        case http.HTTPStatus.METHOD_NOT_ALLOWED:
            return f"`{asked}` is not possible: this path answers {headers['allow']}."
        case _:
            return redact_text(str(error.detail))


def _meant_path(scope: Scope) -> str | None:
    """Return the path that a client with too little or too much in its base URL wanted."""
    path: str = scope["path"]
    if _answers(scope, scope["method"], path):
        return None  # it is right, and what it names is not there
    guesses = (f"/v1{path}", path.removeprefix("/v1"), path.rstrip("/"))
    return next((one_line(one) for one in guesses if _answers(scope, scope["method"], one)), None)


def _allowed_methods(scope: Scope) -> str:
    """Return what a path answers to. The framework names the methods of its first route only."""
    return ", ".join(
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if _answers(scope, method, scope["path"])
    )


def _answers(scope: Scope, method: str, path: str) -> bool:
    asked = {key: value for key, value in scope.items() if key != "fastapi"}
    asked |= {"method": method, "path": path}
    routes: Sequence[BaseRoute] = scope["app"].router.routes
    return any(route.matches(asked)[0] is Match.FULL for route in routes)


def _type_of(status: int) -> ErrorType:
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        return "server_error"
    return "not_found_error" if status == http.HTTPStatus.NOT_FOUND else "invalid_request_error"


def _code_of(status: int) -> str:
    """Return the domain's code for a status where there is one, else the standard's name."""
    same = (kind.code for kind, outcome in OUTCOMES.items() if outcome.status == status)
    return next(same, http.HTTPStatus(status).name.lower())
