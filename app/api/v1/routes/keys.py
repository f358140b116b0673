"""API keys: issue, list, rotate, revoke."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Body, Query, status

from app.api.dependencies.keys import KeyEditorDep, KeyServiceDep
from app.api.dependencies.paging import CursorDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.keys import KeyCreate, KeyIssued, KeyList, KeyOut, KeyRotate

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED)
async def issue_key(body: KeyCreate, keys: KeyEditorDep) -> KeyIssued:
    """Issue a key that may do no more than your own. The secret is shown this once.

    Everybody issues keys of their own, leads also their team's service keys, admins all.
    """
    return KeyIssued.of_issued(await keys.issue(body.to_wish()))


@router.get("")
async def list_keys(
    keys: KeyServiceDep,
    cursor: CursorDep,
    user_id: Annotated[str | None, Query(description="Only keys of this user.")] = None,
    team_id: Annotated[str | None, Query(description="Only keys charged to this team.")] = None,
) -> KeyList:
    """List keys, newest first, expired and revoked ones too.

    You see your own, and those charged to teams that you lead; admins see all.
    """
    return KeyList.of(await keys.list_page(cursor, user_id=user_id, team_id=team_id))


@router.get("/{key_id}")
async def get_key(key_id: str, keys: KeyServiceDep) -> KeyOut:
    """Show one key."""
    return KeyOut.of(await keys.fetch_key(key_id))


@router.post("/{key_id}/rotate", status_code=status.HTTP_201_CREATED)
async def rotate_key(
    key_id: str,
    body: Annotated[KeyRotate, Body(default_factory=KeyRotate)],
    keys: KeyEditorDep,
) -> KeyIssued:
    """Issue a key that may do the same, and let the old one expire after an overlap.

    The secret is shown this once. Its owner and admins may; leads, for their team's service keys.
    """
    return KeyIssued.of_issued(await keys.rotate(key_id, timedelta(hours=body.overlap_hours)))


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(key_id: str, keys: KeyEditorDep) -> None:
    """Revoke a key: new calls with it are refused at once. Revoking twice changes nothing.

    Its owner and admins may; leads, for every key that is charged to their team.
    """
    await keys.revoke(key_id)
