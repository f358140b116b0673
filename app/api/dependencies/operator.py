"""Who may look behind the counter: metrics, the API reference."""

from fastapi import Depends
from starlette.requests import Request

from app.api.dependencies.container import get_container
from app.api.dependencies.locality import is_local
from app.core.errors import ForbiddenError, UnauthenticatedError
from app.services.principals import Scope


async def require_operator(request: Request) -> None:
    """Let in whoever sits at this machine, or holds a key that manages.

    Raises:
        UnauthenticatedError: there is no good key.
        ForbiddenError: the key is good, but not for this.
    """
    if is_local(request.scope):
        return
    container = await get_container(request)
    authorization = request.headers.get("authorization")
    if authorization is None:
        raise UnauthenticatedError(
            "This is open to programs on the gateway's own machine only. From elsewhere, send a "
            "key with the scope `manage`: `Authorization: Bearer mh_...`."
        )
    principal = await container.authenticator.authenticate(authorization)
    if Scope.MANAGE not in principal.scopes:
        raise ForbiddenError(
            "This needs a key with the scope `manage`. This key only calls models."
        )


OPERATOR_ONLY = Depends(require_operator)
