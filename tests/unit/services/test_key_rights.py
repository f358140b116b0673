"""Rights over keys, where a route has not asked for anything before."""

from dataclasses import replace

import pytest

from app.core.errors import ForbiddenError
from app.services.key_rights import keys_in_sight, require_rotation
from app.services.principals import Principal, PrincipalKind, Scope
from tests.support.keys import new_row

BOTH = frozenset(Scope)
ADA = Principal("key_1", "ada", BOTH, user_id="user_ada", is_admin=True)
LEA = Principal(
    "key_2",
    "lea",
    BOTH,
    user_id="user_lea",
    leads=frozenset({"team_red"}),
    member_of=frozenset({"team_red", "team_blue"}),
)
RED = Principal("key_3", "red", BOTH, PrincipalKind.SERVICE, leads=frozenset({"team_red"}))
EVERYBODY = [ADA, LEA, RED]


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_key_that_manages_nothing_has_no_rights_over_keys(who: Principal) -> None:
    caller = replace(who, scopes=frozenset({Scope.INFERENCE}))

    sight = keys_in_sight(caller)

    assert (sight.is_all, sight.user_id, sight.team_ids) == (False, None, frozenset())


def test_a_member_sees_no_keys_of_a_team_that_somebody_else_leads() -> None:
    assert keys_in_sight(LEA).team_ids == {"team_red"}


def test_nobodys_key_is_not_that_of_everybody_who_is_no_person() -> None:
    leftover, other = new_row(b"1"), new_row(b"2")
    other.team_id = "team_blue"

    for key in (leftover, other):
        for who in (RED, LEA):
            with pytest.raises(ForbiddenError):
                require_rotation(who, key)
        require_rotation(ADA, key)
