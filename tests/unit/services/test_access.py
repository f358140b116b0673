"""Who may see and change what: one row for each kind of caller."""

from collections.abc import Callable
from typing import Final

import pytest

from app.core.errors import ForbiddenError
from app.db.repositories.sight import Sight
from app.services.access import (
    manages_all,
    manages_team,
    require_admin,
    require_lead,
    teams_in_sight,
    users_in_sight,
)
from app.services.principals import Principal, PrincipalKind, Scope, builtin_principal

BOTH: Final = frozenset(Scope)
CALLS: Final = frozenset({Scope.INFERENCE})
OURS, THEIRS = "team_ours", "team_theirs"

ADMIN = Principal("key_1", "a", BOTH, user_id="user_admin", is_admin=True)
ADMIN_WHO_CALLS = Principal("key_2", "a", CALLS, user_id="user_admin", is_admin=True)
LEAD = Principal(
    "key_3",
    "l",
    BOTH,
    user_id="user_lead",
    leads=frozenset({OURS}),
    member_of=frozenset({OURS, "team_other"}),
)
LEAD_WHO_CALLS = Principal(
    "key_4",
    "l",
    CALLS,
    user_id="user_lead",
    leads=frozenset({OURS}),
    member_of=frozenset({OURS}),
)
MEMBER = Principal("key_5", "m", BOTH, user_id="user_member", member_of=frozenset({OURS}))
SERVICE = Principal(
    "key_6",
    "s",
    BOTH,
    PrincipalKind.SERVICE,
    team_id=OURS,
    leads=frozenset({OURS}),
    member_of=frozenset({OURS}),
)
NOBODYS = Principal("key_7", "n", BOTH)
BOOTSTRAP = builtin_principal(PrincipalKind.BOOTSTRAP)
OPERATOR = builtin_principal(PrincipalKind.OPERATOR)

EVERYBODY: Final = {
    "admin": ADMIN,
    "admin who calls": ADMIN_WHO_CALLS,
    "lead": LEAD,
    "lead who calls": LEAD_WHO_CALLS,
    "member": MEMBER,
    "service": SERVICE,
    "nobody's": NOBODYS,
    "bootstrap": BOOTSTRAP,
    "operator": OPERATOR,
}


def who_may(test: str) -> set[str]:
    """Return who passes a test."""
    tests: dict[str, Callable[[Principal], bool]] = {
        "manage all": manages_all,
        "manage our team": lambda who: manages_team(who, OURS),
        "manage their team": lambda who: manages_team(who, THEIRS),
        "see all users": lambda who: users_in_sight(who).is_all,
        "see all teams": lambda who: teams_in_sight(who).is_all,
    }
    return {name for name, who in EVERYBODY.items() if tests[test](who)}


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("manage all", {"admin", "bootstrap", "operator"}),
        ("manage our team", {"admin", "bootstrap", "operator", "lead", "service"}),
        ("manage their team", {"admin", "bootstrap", "operator"}),
        ("see all users", {"admin", "bootstrap", "operator"}),
        ("see all teams", {"admin", "bootstrap", "operator"}),
    ],
)
def test_rights_follow_from_role_and_scope(test: str, expected: set[str]) -> None:
    assert who_may(test) == expected


@pytest.mark.parametrize(
    ("who", "users", "teams"),
    [
        (
            LEAD,
            Sight(is_all=False, user_id="user_lead", team_ids=frozenset({OURS})),
            Sight(is_all=False, user_id=None, team_ids=frozenset({OURS, "team_other"})),
        ),
        (
            MEMBER,
            Sight(is_all=False, user_id="user_member", team_ids=frozenset()),
            Sight(is_all=False, user_id=None, team_ids=frozenset({OURS})),
        ),
        (
            SERVICE,
            Sight(is_all=False, user_id=None, team_ids=frozenset({OURS})),
            Sight(is_all=False, user_id=None, team_ids=frozenset({OURS})),
        ),
        *[
            (
                blind,
                Sight(is_all=False, user_id=None, team_ids=frozenset()),
                Sight(is_all=False, user_id=None, team_ids=frozenset()),
            )
            for blind in (ADMIN_WHO_CALLS, LEAD_WHO_CALLS, NOBODYS)
        ],
    ],
    ids=["lead", "member", "service", "admin who calls", "lead who calls", "nobody's"],
)
def test_who_is_no_admin_sees_what_is_theirs(who: Principal, users: Sight, teams: Sight) -> None:
    assert users_in_sight(who) == users
    assert teams_in_sight(who) == teams


def test_a_refusal_says_whom_to_ask() -> None:
    require_admin(ADMIN, to="create users")
    require_lead(LEAD, OURS, to="add members")

    with pytest.raises(ForbiddenError, match=r"Only an admin may create users\. Ask one"):
        require_admin(LEAD, to="create users")
    with pytest.raises(ForbiddenError, match="Only a lead of the team or an admin may add members"):
        require_lead(MEMBER, OURS, to="add members")
