"""Teams, and what an admin does with them."""

from fastapi import APIRouter, status

from app.api.dependencies.paging import CursorDep
from app.api.dependencies.people import TeamEditorDep, TeamServiceDep
from app.api.dependencies.permissions import PermittedRoute
from app.api.v1.schemas.teams import TeamCreate, TeamList, TeamOut, TeamUpdate

router = APIRouter(prefix="/v1/teams", tags=["teams"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_team(body: TeamCreate, teams: TeamEditorDep) -> TeamOut:
    """Create a team, with nobody in it yet. Only admins may."""
    return TeamOut.of(await teams.create(name=body.name))


@router.get("")
async def list_teams(teams: TeamServiceDep, cursor: CursorDep) -> TeamList:
    """List teams, newest first: all for an admin, else those that you belong to."""
    return TeamList.of(await teams.list_page(cursor))


@router.get("/{team_id}")
async def get_team(team_id: str, teams: TeamServiceDep) -> TeamOut:
    """Show one team."""
    return TeamOut.of(await teams.fetch_team(team_id))


@router.patch("/{team_id}")
async def rename_team(team_id: str, body: TeamUpdate, teams: TeamEditorDep) -> TeamOut:
    """Give a team another name. Only admins may."""
    return TeamOut.of(await teams.rename(team_id, body.name))


@router.delete("/{team_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_team(team_id: str, teams: TeamEditorDep) -> None:
    """Delete a team with its memberships and every key charged to it. Only admins may.

    Its calls stay in the ledger.
    """
    await teams.delete(team_id)
