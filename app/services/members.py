"""Who is in a team, and what its leads may do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError, NotFoundError
from app.db.repositories.members import MemberRecord, MembershipRecord
from app.db.repositories.people import People
from app.models.teams import Member
from app.models.users import User
from app.services.access import require_lead, teams_in_sight
from app.services.audit_trail import Action, AuditTrail
from app.services.pages import require_start
from app.services.principals import Principal, TeamRole
from app.services.teams import TeamService
from app.services.users import UserService, user_not_found
from app.utils.paging import Cursor, Page, cut


@dataclass(frozen=True, slots=True)
class UserRecord:
    """A user, and the teams that they are in."""

    user: User
    teams: Sequence[MembershipRecord]


class MemberService:
    """Shows who is in which team, as far as somebody sees users and teams."""

    def __init__(self, people: People, who: Principal) -> None:
        """Take where teams and members are, and who looks at them."""
        self._members = people.members
        self._teams = TeamService(people.teams, who)
        self._users = UserService(people.users, who)
        self._sight = teams_in_sight(who)

    async def list_page(self, team_id: str, cursor: Cursor) -> Page[MemberRecord]:
        """Return members, the newest user first.

        Raises:
            NotFoundError: there is no such team in sight.
            InvalidRequestError: the page begins after something that is no user's id.
        """
        await self._teams.fetch_team(team_id)
        require_start(cursor, "user")
        return cut(await self._members.list_after(cursor, team_id=team_id), cursor)

    async def list_teams(self, user_id: str, cursor: Cursor) -> Page[MembershipRecord]:
        """Return the teams that a user is in, the newest first: those that the caller sees.

        Raises:
            NotFoundError: there is no such user in sight.
            InvalidRequestError: the page begins after something that is no team's id.
        """
        await self._users.fetch_user(user_id)
        require_start(cursor, "team")
        found = await self._members.list_teams_after(cursor, user_id=user_id, sight=self._sight)
        return cut(found, cursor)

    async def list_users(self, cursor: Cursor) -> Page[UserRecord]:
        """Return users, newest first, each with those of their teams that the caller sees.

        Raises:
            InvalidRequestError: the page begins after something that is no user's id.
        """
        page = await self._users.list_page(cursor)
        teams: dict[str, list[MembershipRecord]] = {user.id: [] for user in page.items}
        for one in await self._members.list_teams_of(teams.keys(), self._sight):
            teams[one.member.user_id].append(one)
        return Page([UserRecord(user, teams[user.id]) for user in page.items], page.has_more)


class MemberEditor:
    """Adds, changes and removes members. Leads of the team and admins may."""

    def __init__(self, people: People, trail: AuditTrail, clock: Clock) -> None:
        """Take where everything is that a membership touches, who changes it, and the time."""
        self._members = people.members
        self._teams = TeamService(people.teams, trail.who)
        self._users = people.users
        self._keys = people.keys
        self._trail = trail
        self._clock = clock

    async def add(
        self, team_id: str, *, user_id: str | None, email: str | None, role: TeamRole
    ) -> MemberRecord:
        """Make a user, named by id or address, a member of a team.

        Raises:
            NotFoundError: there is no such team in sight, or no such user.
            ForbiddenError: the caller does not lead the team.
            ConflictError: the user is a member already.
        """
        await self._require_lead(team_id, to="add members")
        user = await self._require_user(user_id, email)
        if await self._members.get(team_id, user.id) is not None:
            raise ConflictError(
                "This user is a member of the team already. To change their role, use "
                f"`PATCH /v1/teams/{team_id}/members/{user.id}`."
            )
        now_ms = epoch_ms(self._clock.now())
        member = Member(team_id=team_id, user_id=user.id, role=role.value, created_at_ms=now_ms)
        await self._members.add(member)
        await self._trail.record(
            Action.MEMBER_ADD, user.id, team_id=team_id, after={"role": role.value}
        )
        return MemberRecord(member, user)

    async def set_role(self, team_id: str, user_id: str, role: TeamRole) -> MemberRecord:
        """Give a member another role in the team.

        Raises:
            NotFoundError: there is no such team in sight, or no such member.
            ForbiddenError: the caller does not lead the team.
        """
        await self._require_lead(team_id, to="change members")
        record = await self._require_member(team_id, user_id)
        before = record.member.role
        if role != before:
            record.member.role = role.value
            await self._trail.record(
                Action.MEMBER_UPDATE,
                user_id,
                team_id=team_id,
                before={"role": before},
                after={"role": role.value},
            )
        return record

    async def remove(self, team_id: str, user_id: str) -> None:
        """End a membership, and with it the user's keys that are charged to the team.

        Raises:
            NotFoundError: there is no such team in sight, or no such member.
            ForbiddenError: the caller does not lead the team.
        """
        await self._require_lead(team_id, to="remove members")
        record = await self._require_member(team_id, user_id)
        now_ms = epoch_ms(self._clock.now())
        revoked = await self._keys.revoke_of_user(user_id, at_ms=now_ms, team_id=team_id)
        facts = {"role": record.member.role, "revoked_keys": revoked}
        await self._trail.record(Action.MEMBER_REMOVE, user_id, team_id=team_id, before=facts)
        await self._members.delete(record.member)

    async def _require_lead(self, team_id: str, *, to: str) -> None:
        await self._teams.fetch_team(team_id)
        require_lead(self._trail.who, team_id, to=to)

    async def _require_member(self, team_id: str, user_id: str) -> MemberRecord:
        record = await self._members.get(team_id, user_id)
        if record is None:
            raise NotFoundError(
                f"No such user is in the team. `GET /v1/teams/{team_id}/members` lists who is."
            )
        return record

    async def _require_user(self, user_id: str | None, email: str | None) -> User:
        if user_id is not None:
            user, param = await self._users.get(user_id), "user_id"
        else:
            user, param = await self._users.get_by_email(email or ""), "email"
        if user is None:
            raise user_not_found(param)
        return user
