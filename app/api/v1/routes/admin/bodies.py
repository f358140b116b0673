"""What was asked in a call and what was answered, where a rule has it stored."""

from fastapi import APIRouter

from app.api.dependencies.bodies import BodyReaderDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.bodies import BodyOut

router = APIRouter(
    prefix="/v1/admin/usage/entries", tags=["stored bodies"], route_class=PermittedRoute
)


@router.get("/{entry_id}/body")
async def read_body(entry_id: str, bodies: BodyReaderDep) -> BodyOut:
    """Show the request and the answer of one call. Only admins may; the audit log says who did."""
    return BodyOut.of(await bodies.read(entry_id))
