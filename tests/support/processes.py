"""One of several processes that have the same data folder open; run as a program, a real one."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from app.core.clock import Clock, SystemClock
from app.core.errors import UnauthenticatedError
from app.db.database import Database, open_database
from app.db.repositories.key_directory import KeyDirectory
from app.db.repositories.people import People
from app.db.schema import upgrade
from app.services.audit_trail import Actor, AuditTrail
from app.services.authenticator import Authenticator
from app.services.key_editor import IssuedKey, KeyEditor, KeyWish
from app.services.members import MemberEditor
from app.services.principals import PrincipalKind, Scope, TeamRole, UserRole, builtin_principal
from app.services.sign_in_links import SignInLinks
from app.services.teams import TeamEditor
from app.services.users import UserEditor, UserPatch
from tests.support.keys import PEPPER, bearer

_ACTOR = Actor(builtin_principal(PrincipalKind.OPERATOR))


class Process:
    """Reads keys, and changes them and their owners as the operator."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock
        self.authenticator = Authenticator(KeyDirectory(database), PEPPER, clock, {})

    async def user(self, email: str = "mo@example.com") -> str:
        async with self._change() as (people, trail):
            users = self._users(people, trail)
            return (await users.create(email=email, name="Mo", role=UserRole.MEMBER)).id

    async def team(self, *members: str, name: str = "red") -> str:
        async with self._change() as (people, trail):
            team = await TeamEditor(people, trail, self._clock).create(name=name)
            editor = MemberEditor(people, trail, self._clock)
            for user_id in members:
                await editor.add(team.id, user_id=user_id, email=None, role=TeamRole.MEMBER)
            return team.id

    async def issue(self, *, user_id: str | None = None, team_id: str | None = None) -> IssuedKey:
        wish = KeyWish("ci", frozenset({Scope.INFERENCE}), user_id=user_id, team_id=team_id)
        async with self._change() as (people, trail):
            return await KeyEditor(people, trail, self._clock, PEPPER).issue(wish)

    async def revoke(self, key_id: str) -> None:
        async with self._change() as (people, trail):
            await KeyEditor(people, trail, self._clock, PEPPER).revoke(key_id)

    async def disable(self, user_id: str) -> None:
        async with self._change() as (people, trail):
            await self._users(people, trail).update(user_id, UserPatch(is_disabled=True))

    async def delete(self, user_id: str) -> None:
        async with self._change() as (people, trail):
            await self._users(people, trail).delete(user_id)

    def _users(self, people: People, trail: AuditTrail) -> UserEditor:
        return UserEditor(people, trail, self._clock, SignInLinks(self._clock, PEPPER))

    async def remove(self, team_id: str, user_id: str) -> None:
        async with self._change() as (people, trail):
            await MemberEditor(people, trail, self._clock).remove(team_id, user_id)

    async def delete_team(self, team_id: str) -> None:
        async with self._change() as (people, trail):
            await TeamEditor(people, trail, self._clock).delete(team_id)

    async def takes(self, key: IssuedKey) -> bool:
        """Say whether a call with a key is let in here."""
        try:
            await self.authenticator.authenticate(bearer(key.secret.get_secret_value()))
        except UnauthenticatedError:
            return False
        return True

    @asynccontextmanager
    async def _change(self) -> AsyncGenerator[tuple[People, AuditTrail]]:
        async with self.database.transaction() as session:
            people = People(session)
            yield people, AuditTrail(people, self._clock, _ACTOR)


@asynccontextmanager
async def open_process(data_dir: Path, clock: Clock) -> AsyncGenerator[Process]:
    """Open a data folder, as often as there are to be processes."""
    upgrade(data_dir)
    async with open_database(data_dir) as database:
        process = Process(database, clock)
        await process.authenticator.watch.look()
        yield process


async def _revoke(data_dir: Path, key_id: str) -> None:
    async with open_database(data_dir) as database:
        await Process(database, SystemClock()).revoke(key_id)


if __name__ == "__main__":
    asyncio.run(_revoke(Path(sys.argv[1]), sys.argv[2]))
