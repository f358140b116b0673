"""Who is in a team."""

from fastapi import APIRouter, status

from app.api.dependencies.paging import CursorDep
from app.api.dependencies.people import MemberEditorDep, MemberServiceDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.teams import MemberAdd, MemberList, MemberOut, MemberUpdate

router = APIRouter(prefix="/v1/teams/{team_id}/members", tags=["teams"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED)
async def add_member(team_id: str, body: MemberAdd, members: MemberEditorDep) -> MemberOut:
    """Add a user to a team. Its leads may, and admins."""
    return MemberOut.of(
        await members.add(team_id, user_id=body.user_id, email=body.email, role=body.role)
    )


@router.get("")
async def list_members(team_id: str, members: MemberServiceDep, cursor: CursorDep) -> MemberList:
    """List who is in a team, the newest user first. Its members may, and admins."""
    return MemberList.of(await members.list_page(team_id, cursor))


@router.patch("/{user_id}")
async def update_member(
    team_id: str, user_id: str, body: MemberUpdate, members: MemberEditorDep
) -> MemberOut:
    """Give a member another role in the team. Its leads may, and admins."""
    return MemberOut.of(await members.set_role(team_id, user_id, body.role))


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_member(team_id: str, user_id: str, members: MemberEditorDep) -> None:
    """Remove a user from a team, and revoke their keys charged to it. Its leads may, and admins."""
    await members.remove(team_id, user_id)
