"""Routes that are called all the time, and whose bodies go on to others."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from app.api.dependencies.permissions import Handler, PermittedRoute, let_in, permission_of
from app.api.dependencies.plain_json import read_plain
from app.api.dependencies.prepared import Prepared

_JSON: Final = b"application/json"
_UNREAD: Final = object()


class PlainRequest(Request):
    """A request whose body is read once, and whose JSON all read alike (`read_plain`)."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Take the request."""
        super().__init__(scope, receive)
        self._bytes: bytes | None = None
        self._value: Any = _UNREAD

    async def body(self) -> bytes:
        """Return the body, read once.

        Raises:
            ClientDisconnect: it does not come to its end.
        """
        if self._bytes is None:
            message = await self.receive()
            pieces = [_piece(message)]
            while message.get("more_body", False):
                message = await self.receive()
                pieces.append(_piece(message))
            self._bytes = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return self._bytes

    async def json(self) -> Any:
        """Return the body's JSON, read once.

        Raises:
            InvalidRequestError, JSONDecodeError: as `read_plain`.
        """
        if self._value is _UNREAD:
            self._value = read_plain(await self.body())
        return self._value


class PlainRoute(PermittedRoute):
    """A route whose body goes on to others, so that all read its JSON alike."""

    def get_route_handler(self) -> Handler:
        """Return FastAPI's handler, behind the check, which reads bodies as `PlainRequest` does."""
        handle = super().get_route_handler()

        async def handle_plainly(request: Request) -> Response:
            return await handle(PlainRequest(request.scope, request.receive))

        return handle_plainly


class HotRoute(PlainRoute):
    """A FastAPI route whose good requests skip what FastAPI finds out anew for each of them.

    Permission, body, dependencies and function come in the same order and mean the same. Its
    function returns a `Response`. A request that is not good takes FastAPI's own way, and gets
    FastAPI's errors.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Take what `APIRoute` takes.

        Raises:
            TypeError: its body is no JSON of one form, or a dependency can't be prepared.
        """
        super().__init__(path, endpoint, **options)
        body = self.body_field
        form = None if body is None else body.field_info.annotation
        if body is None or not (isinstance(form, type) and issubclass(form, BaseModel)):
            raise TypeError(f"{path} must have one body, of one form.")
        self._form, self._body_name = form, body.name
        self._permission = permission_of(self)
        self._prepared = Prepared(self.dependant)
        self._in_fastapi, self.app = self.app, self._answer

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = PlainRequest(scope, receive)
        scope["state"]["principal"] = await let_in(self._permission, request)
        body = await request.body()
        try:
            form = await self._read(request)
        except (ValueError, RecursionError):  # a ValidationError is a ValueError
            await self._in_fastapi(scope, _again(body, receive), send)
            return
        values = await self._prepared.values(request)
        values[self._body_name] = form
        response: Response = await self.endpoint(**values)
        await response(scope, receive, send)

    async def _read(self, request: PlainRequest) -> BaseModel:
        """Return the body in its form.

        Raises:
            ValueError: it is not sent as JSON, or not in this form.
        """
        for name, value in request.scope["headers"]:
            if name == b"content-type":
                if value.partition(b";")[0].strip().lower() != _JSON:
                    break
                return self._form.model_validate(await request.json())
        raise ValueError


def _piece(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    piece: bytes = message.get("body", b"")
    return piece


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what receives a body that was read before, and then what comes after it."""
    is_new = True

    async def receive_again() -> Message:
        nonlocal is_new
        if not is_new:
            return await receive()
        is_new = False
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
