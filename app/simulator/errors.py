"""How the simulator says no: in the forms of the real router, never in FastAPI's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import JsonValue
from starlette.exceptions import HTTPException


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no answer. A body that is a text is sent as such, as HTML if it is that."""

    status: int
    body: JsonValue
    media_type: str = "application/json"  # of a body that is no text


class RefusedError(Exception):
    """The request cannot be answered; carries what is said instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal


def gate_error(status: int, message: str, error_type: str | None = None) -> Refusal:
    """Return the form of the router's gate and of TGI: the error is a text."""
    kind: dict[str, JsonValue] = {"error_type": error_type} if error_type else {}
    return Refusal(status, {"error": message, **kind})


def provider_error(
    status: int, message: str, *, kind: str, param: str | None = None, code: str | None = None
) -> Refusal:
    """Return the form of OpenAI and most providers: the error is an object."""
    body: JsonValue = {"message": message, "type": kind, "param": param, "code": code}
    return Refusal(status, {"error": body})


def refuse_input(message: str, param: str) -> NoReturn:
    """Refuse a request that is well formed but asks for something impossible.

    Raises:
        RefusedError: always.
    """
    raise RefusedError(
        provider_error(400, message, kind="invalid_request_error", param=param)
    ) from None


def install(app: FastAPI) -> None:
    """Register the handlers that keep every error in these forms."""
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(Exception, _broken)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RefusedError)
    refusal = error.refusal
    return JSONResponse(refusal.body, refusal.status)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = "; ".join(_describe(one) for one in _errors(error))
    refusal = gate_error(422, f"Input validation error: {problems}", "validation")
    return JSONResponse(refusal.body, refusal.status)


async def _no_route(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    what = f"{request.method} {request.url.path}"
    message = f"{error.detail}: the simulator has no {what}. GET /openapi.json lists what it has."
    return JSONResponse({"error": message}, error.status_code, dict(error.headers or {}))


async def _broken(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": f"The simulator itself failed: {error!r}"}, 500)


def _errors(error: RequestValidationError) -> Sequence[Any]:
    return error.errors()


def _describe(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"] if part != "body")
    return f"{where or 'body'}: {problem['msg']}"
