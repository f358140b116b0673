"""Limits, and what an admin does with them."""

from fastapi import APIRouter, status

from app.api.dependencies.accounting import LimitEditorDep, LimitServiceDep, ScopeFilterDep
from app.api.dependencies.exact_numbers import ExactRoute
from app.api.dependencies.known_queries import KNOWN_QUERY
from app.api.dependencies.paging import CursorDep
from app.api.v1.schemas.limits import LimitCreate, LimitList, LimitOut, LimitUpdate

router = APIRouter(
    prefix="/v1/limits",
    tags=["budgets and limits"],
    route_class=ExactRoute,
    dependencies=[KNOWN_QUERY],
)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_limit(body: LimitCreate, limits: LimitEditorDep) -> LimitOut:
    """Limit what a scope may do in a minute and at once. Only admins may; one limit a scope.

    A call counts into the limits of its key, user, team and instance, and must fit them all.
    """
    return LimitOut.of(await limits.create(body.to_wish()))


@router.get("")
async def list_limits(
    limits: LimitServiceDep, cursor: CursorDep, wanted: ScopeFilterDep
) -> LimitList:
    """List limits, newest first.

    You see your own, those of your teams, and of keys that you see; admins see all.
    """
    return LimitList.of(await limits.list_page(cursor, wanted))


@router.get("/{limit_id}")
async def get_limit(limit_id: str, limits: LimitServiceDep) -> LimitOut:
    """Show one limit."""
    return LimitOut.of(await limits.fetch_limit(limit_id))


@router.patch("/{limit_id}")
async def update_limit(limit_id: str, body: LimitUpdate, limits: LimitEditorDep) -> LimitOut:
    """Change a limit. Only admins may. Calls that are under way go on."""
    return LimitOut.of(await limits.update(limit_id, body.to_terms()))


@router.delete("/{limit_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_limit(limit_id: str, limits: LimitEditorDep) -> None:
    """Delete a limit. Only admins may."""
    await limits.delete(limit_id)
