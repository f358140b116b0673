"""Who is calling, and whether that is enough for the route."""

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer as HTTPBearerModel
from fastapi.security.base import SecurityBase

from app.api.dependencies.container import ContainerDep
from app.core.errors import ForbiddenError
from app.services.principals import Principal, Scope

_NEEDS: Final = {
    Scope.INFERENCE: "calls models. This key only manages keys",
    Scope.MANAGE: "manages keys. This key only calls models",
}


class BearerKey(SecurityBase):
    """Asks for a Meterhouse key with one scope, and tells the API reference so.

    It holds no database session: the route may wait for an upstream for minutes.
    """

    def __init__(self, scope: Scope) -> None:
        """Ask for keys that have this scope."""
        self.model = HTTPBearerModel(bearerFormat="mh_...", description="A Meterhouse key.")
        self.scheme_name = "Meterhouse key"
        self._scope = scope

    async def __call__(self, request: Request, container: ContainerDep) -> Principal:
        """Return who is calling.

        Raises:
            UnauthenticatedError: there is no good key.
            ForbiddenError: the key is good, but not for this.
        """
        principal = await container.authenticator.authenticate(request.headers.get("authorization"))
        if self._scope not in principal.scopes:
            raise ForbiddenError(
                f"This needs a key with the scope `{self._scope}`, which {_NEEDS[self._scope]}."
            )
        return principal


PrincipalDep = Annotated[Principal, Depends(BearerKey(Scope.INFERENCE))]
ManagerDep = Annotated[Principal, Depends(BearerKey(Scope.MANAGE))]
