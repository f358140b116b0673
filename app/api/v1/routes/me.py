"""Who is calling."""

from fastapi import APIRouter

from app.api.dependencies.accounting import IdentityServiceDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.me import MeOut

router = APIRouter(prefix="/v1/me", tags=["users"], route_class=PermittedRoute)


@router.get("")
async def get_me(identity: IdentityServiceDep) -> MeOut:
    """Show who you are: the user and key behind this request, what they may do, what is left."""
    return MeOut.of(await identity.describe())
