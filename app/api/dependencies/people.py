"""Services about people, as routes ask for them.

Whoever reads gets a session that only reads; whoever changes gets the request's one transaction.
"function" scope ends it before the response leaves: a failed commit is never a 200.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.permissions import AdminDep, ManagerDep
from app.api.errors import request_id_of
from app.db.repositories.people import People
from app.services.audit_log import AuditLogService
from app.services.audit_trail import Actor, AuditTrail
from app.services.container import Container
from app.services.members import MemberEditor, MemberService
from app.services.passwords import PasswordEditor
from app.services.principals import Principal
from app.services.teams import TeamEditor, TeamService
from app.services.users import UserEditor, UserService
from app.utils.uninterrupted import uninterrupted


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of people, keys or terms needs: where they are, and who notes it down."""

    people: People
    trail: AuditTrail


def address_of(request: Request) -> str | None:
    """Return where a request comes from: a trusted proxy's word, else whoever connected."""
    return request.client.host if request.client else None


@asynccontextmanager
async def open_change(
    request: Request, who: Principal, container: Container
) -> AsyncGenerator[Change]:
    """Open the transaction of a change. Once it is kept, no key or session is trusted unasked.

    Nor do old limits, budgets and rules hold: not only their own changes touch them.
    """
    actor = Actor(who, address_of(request), request_id_of(request.scope))
    trail: AuditTrail | None = None
    try:
        async with container.database.transaction() as session:
            people = People(session)
            trail = AuditTrail(people, container.clock, actor)
            yield Change(people, trail)
    finally:  # the database says so by now, even where the caller left during the commit
        if trail is not None and trail.has_recorded:
            container.authenticator.forget_all()
            await uninterrupted(_follow_change(container))


async def _follow_change(container: Container) -> None:
    await container.admission.follow_change()
    await container.body_rules.follow_change()
    await container.made_models.follow_change()


async def get_change(
    request: Request, manager: ManagerDep, container: ContainerDep
) -> AsyncGenerator[Change]:
    """Open the transaction of a change by somebody who manages."""
    async with open_change(request, manager, container) as change:
        yield change


async def get_people(container: ContainerDep) -> AsyncGenerator[People]:
    """Open a session that only reads."""
    async with container.database.reading() as session:
        yield People(session)


ChangeDep = Annotated[Change, Depends(get_change, scope="function")]
PeopleDep = Annotated[People, Depends(get_people, scope="function")]


async def get_user_service(people: PeopleDep, manager: ManagerDep) -> UserService:
    """Build what shows users to the caller."""
    return UserService(people.users, manager)


async def get_user_editor(change: ChangeDep, container: ContainerDep) -> UserEditor:
    """Build what changes users."""
    return UserEditor(change.people, change.trail, container.clock, container.sign_in_links)


async def get_password_editor(change: ChangeDep, container: ContainerDep) -> PasswordEditor:
    """Build what sets passwords."""
    return PasswordEditor(change.people, change.trail, container.passwords, container.sign_in_links)


async def get_team_service(people: PeopleDep, manager: ManagerDep) -> TeamService:
    """Build what shows teams to the caller."""
    return TeamService(people.teams, manager)


async def get_team_editor(change: ChangeDep, container: ContainerDep) -> TeamEditor:
    """Build what changes teams."""
    return TeamEditor(change.people, change.trail, container.clock)


async def get_member_service(people: PeopleDep, manager: ManagerDep) -> MemberService:
    """Build what shows the members of teams to the caller."""
    return MemberService(people, manager)


async def get_member_editor(change: ChangeDep, container: ContainerDep) -> MemberEditor:
    """Build what changes who is in a team."""
    return MemberEditor(change.people, change.trail, container.clock)


async def get_audit_log_service(people: PeopleDep, admin: AdminDep) -> AuditLogService:
    """Build what shows the audit log."""
    return AuditLogService(people.audit_log, admin)


UserServiceDep = Annotated[UserService, Depends(get_user_service)]
UserEditorDep = Annotated[UserEditor, Depends(get_user_editor, scope="function")]
PasswordEditorDep = Annotated[PasswordEditor, Depends(get_password_editor, scope="function")]
TeamServiceDep = Annotated[TeamService, Depends(get_team_service)]
TeamEditorDep = Annotated[TeamEditor, Depends(get_team_editor, scope="function")]
MemberServiceDep = Annotated[MemberService, Depends(get_member_service)]
MemberEditorDep = Annotated[MemberEditor, Depends(get_member_editor, scope="function")]
AuditLogServiceDep = Annotated[AuditLogService, Depends(get_audit_log_service)]
