"""Who is calling."""

from fastapi import APIRouter

from app.api.dependencies.people import IdentityServiceDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.me import MeOut

router = APIRouter(prefix="/v1/me", tags=["users"], route_class=PermittedRoute)


@router.get("")
async def get_me(identity: IdentityServiceDep) -> MeOut:
    """Show who you are: the user and the key behind this request, and what they may do."""
    return MeOut.of(await identity.describe())
