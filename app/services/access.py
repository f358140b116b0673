"""Who may see and change what, as pure functions over who is calling.

A key manages nothing unless it carries `manage`, whoever owns it. What somebody may not see is
not found; what they may see and not change is forbidden.
"""

from app.core.errors import ForbiddenError
from app.db.repositories.sight import Sight
from app.services.principals import Principal, Scope


def manages_all(who: Principal) -> bool:
    """Say whether somebody may see and change everything: an admin, with a key that manages."""
    return who.is_admin and Scope.MANAGE in who.scopes


def manages_team(who: Principal, team_id: str) -> bool:
    """Say whether somebody may change who is in a team, and its keys."""
    return manages_all(who) or (Scope.MANAGE in who.scopes and team_id in who.leads)


def users_in_sight(who: Principal) -> Sight:
    """Return which users somebody sees: themselves, and the members of teams that they lead."""
    if Scope.MANAGE not in who.scopes:
        return _NOTHING
    return Sight(who.is_admin, who.user_id, who.leads)


def teams_in_sight(who: Principal) -> Sight:
    """Return which teams somebody sees: those that they belong to."""
    if Scope.MANAGE not in who.scopes:
        return _NOTHING
    return Sight(who.is_admin, None, who.member_of)


def require_admin(who: Principal, *, to: str) -> None:
    """Return if somebody may do what only admins may.

    Raises:
        ForbiddenError: they may not.
    """
    if not manages_all(who):
        raise ForbiddenError(f"Only an admin may {to}. Ask one, or use an admin's key.")


def require_lead(who: Principal, team_id: str, *, to: str) -> None:
    """Return if somebody may do what only the leads of a team and admins may.

    Raises:
        ForbiddenError: they may not.
    """
    if not manages_team(who, team_id):
        raise ForbiddenError(f"Only a lead of the team or an admin may {to}. Ask one of them.")


_NOTHING = Sight(is_all=False, user_id=None, team_ids=frozenset())
