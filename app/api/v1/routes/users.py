"""Users: who they are, and what an admin does with them."""

from fastapi import APIRouter, status

from app.api.dependencies.paging import CursorDep
from app.api.dependencies.people import (
    MemberServiceDep,
    PasswordEditorDep,
    UserEditorDep,
    UserServiceDep,
)
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.teams import MembershipList
from app.api.v1.schemas.users import PasswordIssued, UserCreate, UserList, UserOut, UserUpdate

router = APIRouter(tags=["users"], route_class=PermittedRoute)


@router.post("/v1/users", status_code=status.HTTP_201_CREATED)
async def create_user(body: UserCreate, users: UserEditorDep) -> UserOut:
    """Create a user, who has neither a password nor a key yet. Only admins may."""
    return UserOut.of(await users.create(email=body.email, name=body.name, role=body.role))


@router.get("/v1/users")
async def list_users(members: MemberServiceDep, cursor: CursorDep) -> UserList:
    """List users, newest first: all for an admin, else you and the members of teams you lead."""
    return UserList.of(await members.list_users(cursor))


@router.get("/users/{user_id}")
@router.get("/v1/users/{user_id}")
async def get_user(user_id: str, users: UserServiceDep) -> UserOut:
    """Show one user."""
    return UserOut.of(await users.fetch_user(user_id))


@router.get("/v1/users/{user_id}/teams")
async def list_teams_of_user(
    user_id: str, members: MemberServiceDep, cursor: CursorDep
) -> MembershipList:
    """List the teams that a user is in, as far as you see them, the newest first."""
    return MembershipList.of(await members.list_teams(user_id, cursor))


@router.patch("/v1/users/{user_id}")
async def update_user(user_id: str, body: UserUpdate, users: UserEditorDep) -> UserOut:
    """Change a user. Only admins may, and the last one stays an admin.

    Who is disabled loses their own keys for good: enabled again, they need new ones.
    """
    return UserOut.of(await users.update(user_id, body.to_patch()))


@router.delete("/v1/users/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_user(user_id: str, users: UserEditorDep) -> None:
    """Delete a user with their keys and memberships. Only admins may.

    Their calls stay in the ledger, and keys that they made for a team stay good.
    """
    await users.delete(user_id)


@router.post("/v1/users/{user_id}/reset-password")
async def reset_password(user_id: str, passwords: PasswordEditorDep) -> PasswordIssued:
    """Give a user a new password, shown this once. Only admins may."""
    return PasswordIssued(user_id=user_id, password=await passwords.reset(user_id))
