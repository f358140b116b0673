"""API keys: issue, list, revoke."""

from fastapi import APIRouter, status

from app.api.dependencies.paging import CursorDep
from app.api.dependencies.permissions import ManagerDep, PermittedRoute
from app.api.dependencies.services import KeyReaderDep, KeyServiceDep
from app.api.v1.schemas.keys import KeyCreate, KeyIssued, KeyList

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED)
async def issue_key(body: KeyCreate, manager: ManagerDep, keys: KeyServiceDep) -> KeyIssued:
    """Issue a key, with no more scopes than your own has. The secret is shown this once."""
    issued = await keys.issue(
        name=body.name, scopes=body.scopes, expires_at=body.expires_at, issuer=manager
    )
    return KeyIssued.of_issued(issued)


@router.get("")
async def list_keys(_: ManagerDep, keys: KeyReaderDep, cursor: CursorDep) -> KeyList:
    """List keys, newest first, expired and revoked ones too."""
    return KeyList.of(await keys.list_page(cursor))


@router.delete("/{key_id}", status_code=status.HTTP_204_NO_CONTENT)
async def revoke_key(key_id: str, _: ManagerDep, keys: KeyServiceDep) -> None:
    """Revoke a key: new calls with it are refused at once. Revoking twice changes nothing."""
    await keys.revoke(key_id)
