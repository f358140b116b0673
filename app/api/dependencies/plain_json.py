"""Routes whose bodies go on to others, and are read by all of them alike."""

import json
from collections.abc import Iterable
from math import isfinite
from typing import Any, Final, NoReturn, cast

from fastapi import Request, Response
from starlette.types import Receive, Scope

from app.api.dependencies.permissions import Handler, PermittedRoute
from app.core.errors import InvalidRequestError

_UNREAD: Final = object()


class PlainRequest(Request):
    """A request whose JSON is UTF-8 and has the numbers that JSON has: all are finite."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Take the request."""
        super().__init__(scope, receive)
        self._read: Any = _UNREAD

    async def json(self) -> Any:
        """Return the body, read once.

        Raises:
            InvalidRequestError: others might read it otherwise, or not at all.
        """
        if self._read is _UNREAD:
            self._read = _parsed(await self.body())
        return self._read


class PlainRoute(PermittedRoute):
    """A route whose body is read as a `PlainRequest`, once its caller is let in."""

    def get_route_handler(self) -> Handler:
        """Return the handler, behind the check."""
        handle = super().get_route_handler()

        async def handle_plainly(request: Request) -> Response:
            return await handle(PlainRequest(request.scope, request.receive))

        return handle_plainly


class _NotFiniteError(Exception):
    pass


def _parsed(body: bytes) -> Any:
    encoding = json.detect_encoding(body)
    if not encoding.startswith("utf-8"):
        raise InvalidRequestError(f"The body is {encoding.upper()} text. Send it as UTF-8.")
    text = body.decode(encoding)
    try:
        return _DECODER.decode(text)
    except _NotFiniteError:
        name = _not_finite_in(json.loads(text))
        raise InvalidRequestError(f"`{name}` must be a finite number.", param=name) from None


def _not_finite_in(value: object) -> str | None:
    """Return the path of a number that is not finite: of one, where there are several."""
    inside: list[tuple[str, object]] = [("", value)]
    while inside:
        path, value = inside.pop()
        if isinstance(value, float) and not isfinite(value):
            return path[1:]
        inside += ((f"{path}.{name}", item) for name, item in _items(value))
    return None


def _items(value: object) -> Iterable[tuple[object, object]]:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).items()
    return enumerate(cast("list[object]", value)) if isinstance(value, list) else ()


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise _NotFiniteError
    return number


def _refuse(constant: str) -> NoReturn:
    raise _NotFiniteError(constant)


_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
