"""Teams: who sees them, and what an admin may do with them."""

import unicodedata

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError, NotFoundError
from app.core.ids import new_id
from app.db.repositories.people import People
from app.db.repositories.teams import TeamRepository
from app.models.teams import Team
from app.services.access import require_admin, teams_in_sight
from app.services.account_scopes import end_with_team
from app.services.audit_trail import Action, AuditTrail
from app.services.pages import require_start
from app.services.principals import Principal
from app.utils.paging import Cursor, Page, cut


class TeamService:
    """Shows teams to somebody, as far as they may see them."""

    def __init__(self, teams: TeamRepository, who: Principal) -> None:
        """Take where teams are, and who looks at them."""
        self._teams = teams
        self._who = who

    async def fetch_team(self, team_id: str) -> Team:
        """Return one team.

        Raises:
            NotFoundError: there is no such team in sight.
        """
        team = await self._teams.get_in_sight(team_id, teams_in_sight(self._who))
        if team is None:
            raise NotFoundError(
                "There is no such team that you may see. `GET /v1/teams` lists them."
            )
        return team

    async def list_page(self, cursor: Cursor) -> Page[Team]:
        """Return teams, newest first.

        Raises:
            InvalidRequestError: the page begins after something that is no team's id.
        """
        require_start(cursor, "team")
        return cut(await self._teams.list_after(cursor, teams_in_sight(self._who)), cursor)


class TeamEditor:
    """Creates, renames and deletes teams inside the caller's transaction. Only admins may."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock) -> None:
        """Take where teams and keys are, who changes them, and what time it is."""
        self._people = people
        self._teams = people.teams
        self._trail = trail
        self._clock = clock

    async def create(self, *, name: str) -> Team:
        """Create a team, with nobody in it yet.

        Raises:
            ForbiddenError: the caller is no admin.
            ConflictError: there is a team of this name.
        """
        require_admin(self._trail.who, to="create teams")
        folded_name = fold_name(name)
        await self._require_free(folded_name)
        now_ms = epoch_ms(self._clock.now())
        team = Team(id=new_id("team"), name=name, folded_name=folded_name, created_at_ms=now_ms)
        await self._teams.add(team)
        await self._trail.record(Action.TEAM_CREATE, team.id, team_id=team.id, after={"name": name})
        return team

    async def rename(self, team_id: str, name: str) -> Team:
        """Give a team another name.

        Raises:
            NotFoundError: there is no such team in sight.
            ForbiddenError: the caller is no admin.
            ConflictError: there is another team of this name.
        """
        team = await self._require(team_id, to="rename teams")
        before, folded_name = team.name, fold_name(name)
        if name == before:
            return team
        if folded_name != team.folded_name:
            await self._require_free(folded_name)
        team.name, team.folded_name = name, folded_name
        await self._trail.record(
            Action.TEAM_UPDATE,
            team.id,
            team_id=team.id,
            before={"name": before},
            after={"name": name},
        )
        return team

    async def delete(self, team_id: str) -> None:
        """Delete a team with its memberships, its limits, and every key that is charged to it.

        Its budgets bind nobody any more, but what they saw stays.

        Raises:
            NotFoundError: there is no such team in sight.
            ForbiddenError: the caller is no admin.
        """
        team = await self._require(team_id, to="delete teams")
        now_ms = epoch_ms(self._clock.now())
        ended = await end_with_team(self._people, team.id, at_ms=now_ms)
        facts = {"name": team.name, **ended}
        await self._trail.record(Action.TEAM_DELETE, team.id, team_id=team.id, before=facts)
        await self._teams.delete(team)

    async def _require(self, team_id: str, *, to: str) -> Team:
        who = self._trail.who
        team = await TeamService(self._teams, who).fetch_team(team_id)
        require_admin(who, to=to)
        return team

    async def _require_free(self, folded_name: str) -> None:
        if await self._teams.get_by_folded_name(folded_name) is not None:
            raise ConflictError(
                "There is a team with this `name` already. Choose another one.", param="name"
            )


def fold_name(name: str) -> str:
    """Return what two names have in common that people would take for the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
