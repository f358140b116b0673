"""What a route asks of its caller, declared by the route and checked before its body is read.

Every route has exactly one permission. It declares it as a dependency, its own or one of a service
that it asks for: `CallerDep`, `PrincipalDep`, `ManagerDep`, `AdminDep` or `SignedInDep` where
somebody wants to know who calls, `PUBLIC` or `LOCAL_OR_MANAGE` where nobody does. `PermittedRoute`
finds it there.
"""

from collections.abc import Callable, Coroutine, Iterator
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.openapi.models import APIKey as APIKeyModel, HTTPBearer as HTTPBearerModel
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase
from fastapi.utils import create_model_field
from starlette.types import Scope as AsgiScope

from app.api.dependencies.callers import find_caller, find_visitor
from app.api.dependencies.container import get_container
from app.api.dependencies.locality import is_local
from app.api.dependencies.small_bodies import with_small_body
from app.api.errors import RESPONSES
from app.core.errors import ForbiddenError, UnauthenticatedError
from app.services.principals import Principal, PrincipalKind, Scope
from app.services.sessions import SignedIn

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_CREDENTIALS: Final = frozenset({b"authorization", b"x-meterhouse-csrf"})
# Made once: FastAPI would make them anew for each route, 1 MB and 40 ms of each start.
_FAILURES: Final = {
    status: create_model_field(f"Response_{status}", said["model"], mode="serialization")
    for status, said in RESPONSES.items()
}
_NO_KEY_FROM_AFAR: Final = (
    "This is open to programs on the gateway's own machine only. From elsewhere, send a "
    "key with the scope `manage`: `Authorization: Bearer mh_...`."
)
_SCOPES: Final = {
    Scope.INFERENCE: "calls models. This key only manages",
    Scope.MANAGE: "manages people and keys. This key only calls models",
}


class Permission(StrEnum):
    """Who may use a route at all. What they may do to which object, services decide."""

    PUBLIC = "public"  # everybody, without a key
    KEY = "any key"  # every good key, and every session
    INFERENCE = "inference"  # keys that call models, and sessions
    MANAGE = "manage"  # keys that manage, and sessions; what, depends on whose they are
    ADMIN = "admin"  # keys that manage and sessions, of admins
    SESSION = "session"  # sessions alone
    COOKIE = "cookie"  # pages that have a session, and are to learn its token
    LOCAL_OR_MANAGE = "local or manage"  # programs on this machine, and keys that manage


class Declared:
    """The dependency that declares a route's permission. It only hands on who was let in."""

    def __init__(self, permission: Permission) -> None:
        """Take the permission."""
        self.permission = permission

    async def __call__(self, request: Request) -> Principal | None:
        """Return who is calling, which the route has found out by now."""
        principal: Principal | None = request.scope["state"]["principal"]
        return principal


class DeclaredWithKey(Declared, SecurityBase):
    """A permission that needs a key, which the API reference says too."""

    def __init__(self, permission: Permission) -> None:
        """Take the permission."""
        super().__init__(permission)
        self.model = HTTPBearerModel(bearerFormat="mh_...", description="A Meterhouse key.")
        self.scheme_name = "Meterhouse key"


class DeclaredWithSession(Declared, SecurityBase):
    """A permission that needs a session, which the API reference says too."""

    def __init__(self, permission: Permission) -> None:
        """Take the permission."""
        super().__init__(permission)
        self.model = APIKeyModel.model_validate(
            {
                "in": "header",
                "name": "X-Meterhouse-CSRF",
                "description": "The token that `GET /v1/session` tells a page, beside its cookie.",
            }
        )
        self.scheme_name = "Session"


class PermittedRoute(APIRoute):
    """A route that reads nothing of a request before its caller is let in.

    FastAPI reads and parses the body first and solves dependencies then, so anybody could make the
    gateway parse megabytes.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Take what `APIRoute` takes. What a failed request is answered is said for all alike."""
        own: dict[int | str, dict[str, Any]] = options.pop("responses", None) or {}
        super().__init__(path, endpoint, responses=own, **options)
        self.responses = {**RESPONSES, **self.responses}
        self.response_fields = {**_FAILURES, **self.response_fields}
        self.app = AsyncExitStackMiddleware(self.app)  # FastAPI's routes close files with it

    def get_route_handler(self) -> Handler:
        """Return the handler, behind the check.

        Raises:
            TypeError: the route declares no permission, or more than one.
        """
        permission, handle = permission_of(self), super().get_route_handler()

        async def handle_permitted(request: Request) -> Response:
            request.scope["state"]["principal"] = await let_in(permission, request)
            is_open = permission is Permission.PUBLIC
            return await handle(with_small_body(request) if is_open else request)

        return handle_permitted


def permission_of(route: APIRoute) -> Permission:
    """Return what a route declares.

    Raises:
        TypeError: it declares no permission, or more than one.
    """
    declared = set(_declared(route.dependant))
    if len(declared) != 1:
        raise TypeError(f"{route.path} must declare one permission, not {sorted(declared)}.")
    return declared.pop()


def _declared(dependant: Dependant) -> Iterator[Permission]:
    for part in dependant.dependencies:
        if isinstance(part.call, Declared):
            yield part.call.permission
        yield from _declared(part)


async def let_in(permission: Permission, request: Request) -> Principal | None:
    """Return who is calling, where that matters.

    It opens no database session: the route may wait for an upstream for minutes.

    Raises:
        UnauthenticatedError: there is no good key and no session.
        ForbiddenError: the key or session is good, but not for this.
    """
    if permission is Permission.PUBLIC:
        return None
    is_ops = permission is Permission.LOCAL_OR_MANAGE
    if is_ops and is_local(request.scope):
        return None
    container, scope = await get_container(request), request.scope
    if permission is Permission.COOKIE:
        signed_in = await find_visitor(container, scope)
        scope["state"]["signed_in"] = signed_in
        return signed_in.principal
    if is_ops and not _shows_anything(scope):
        raise UnauthenticatedError(_NO_KEY_FROM_AFAR)
    may_charge = permission is Permission.INFERENCE
    principal = await find_caller(container, scope, may_charge=may_charge)
    _require(permission, principal)
    return principal


def _require(permission: Permission, principal: Principal) -> None:
    if permission is Permission.KEY:
        return
    if permission is Permission.SESSION:
        if principal.kind is not PrincipalKind.SESSION:
            raise ForbiddenError(
                "This is for people who are signed in, in a browser. Keys end by "
                "`DELETE /v1/keys/{key_id}`."
            )
        return
    scope = Scope.INFERENCE if permission is Permission.INFERENCE else Scope.MANAGE
    if scope not in principal.scopes:
        raise ForbiddenError(f"This needs a key with the scope `{scope}`, which {_SCOPES[scope]}.")
    if permission is Permission.ADMIN and not principal.is_admin:
        raise ForbiddenError("This needs a key of an admin. Ask one.")


def _shows_anything(scope: AsgiScope) -> bool:
    return any(name in _CREDENTIALS for name, _ in scope["headers"])


async def get_signed_in(
    request: Request,
    _: Annotated[Principal, Depends(DeclaredWithSession(Permission.SESSION))],
) -> SignedIn:
    """Return whose session it is that sends this."""
    signed_in: SignedIn = request.scope["state"]["signed_in"]
    return signed_in


async def get_visitor(
    request: Request, _: Annotated[Principal, Depends(Declared(Permission.COOKIE))]
) -> SignedIn:
    """Return whose session it is that a page has."""
    signed_in: SignedIn = request.scope["state"]["signed_in"]
    return signed_in


PUBLIC: Final = Depends(Declared(Permission.PUBLIC))
LOCAL_OR_MANAGE: Final = Depends(DeclaredWithKey(Permission.LOCAL_OR_MANAGE))
PrincipalDep = Annotated[Principal, Depends(DeclaredWithKey(Permission.INFERENCE))]
CallerDep = Annotated[Principal, Depends(DeclaredWithKey(Permission.KEY))]
ManagerDep = Annotated[Principal, Depends(DeclaredWithKey(Permission.MANAGE))]
AdminDep = Annotated[Principal, Depends(DeclaredWithKey(Permission.ADMIN))]
SignedInDep = Annotated[SignedIn, Depends(get_signed_in)]
VisitorDep = Annotated[SignedIn, Depends(get_visitor)]
