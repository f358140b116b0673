"""What the owner of a key has to do with what it may."""

import pytest

from app.db.repositories.key_directory import KeyRecord
from app.models.users import User
from app.services.key_principals import principal_of, refusal_of
from app.services.principals import PrincipalKind, Scope
from tests.support.keys import new_row


def record(
    *,
    user_id: str | None = None,
    team_id: str | None = None,
    owner: User | None = None,
    roles: dict[str, str] | None = None,
) -> KeyRecord:
    key = new_row(b"digest")
    key.user_id, key.team_id = user_id, team_id
    return KeyRecord(key, owner, roles or {})


def user(role: str = "member", *, disabled_at_ms: int | None = None) -> User:
    return User(id="user_1", name="Ana", role=role, disabled_at_ms=disabled_at_ms)


def test_a_member_leads_only_the_teams_where_they_are_a_lead() -> None:
    owned = record(user_id="user_1", owner=user(), roles={"team_1": "lead", "team_2": "member"})

    who = principal_of(owned)

    assert (who.kind, who.user_id, who.team_id) == (PrincipalKind.USER, "user_1", None)
    assert not who.is_admin
    assert who.leads == {"team_1"}
    assert who.member_of == {"team_1", "team_2"}


def test_an_admin_is_one_with_every_key() -> None:
    who = principal_of(record(user_id="user_1", owner=user("admin")))

    assert who.is_admin
    assert who.scopes == {Scope.INFERENCE}  # and yet this key manages nothing


def test_a_service_key_stands_for_a_lead_of_its_team_alone() -> None:
    who = principal_of(record(team_id="team_1"))

    assert (who.kind, who.user_id, who.team_id) == (PrincipalKind.SERVICE, None, "team_1")
    assert who.leads == who.member_of == {"team_1"}
    assert not who.is_admin


def test_a_key_of_nobody_has_no_rights_over_anybody() -> None:
    who = principal_of(record())

    assert not who.is_admin
    assert who.leads == who.member_of == frozenset()


def test_the_limits_of_a_key_are_those_of_its_row() -> None:
    limited = record(user_id="user_1", owner=user())
    limited.key.allowed_models, limited.key.tags = ["org/*"], {"app": "shop"}
    limited.key.expires_at_ms = 7

    who = principal_of(limited)

    assert (who.allowed_models, who.tags, who.expires_at_ms) == (("org/*",), {"app": "shop"}, 7)


def revoked() -> KeyRecord:
    found = record(user_id="user_1", owner=user())
    found.key.revoked_at_ms = 1
    return found


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (revoked(), "was revoked"),
        (record(user_id="user_1", owner=user(disabled_at_ms=1)), "is disabled"),
        (record(user_id="user_1", owner=None), "is disabled"),
        (record(user_id="user_1", team_id="team_1", owner=user()), "has left the team"),
        (
            record(
                user_id="user_1", team_id="team_1", owner=user("admin"), roles={"team_2": "lead"}
            ),
            "has left the team",
        ),
    ],
)
def test_a_key_dies_with_what_it_rests_on(found: KeyRecord, words: str) -> None:
    refusal = refusal_of(found)

    assert refusal is not None
    assert words in refusal


@pytest.mark.parametrize(
    "found",
    [
        record(),
        record(team_id="team_1"),
        record(user_id="user_1", owner=user()),
        record(user_id="user_1", team_id="team_1", owner=user(), roles={"team_1": "member"}),
    ],
)
def test_a_good_key_is_not_refused(found: KeyRecord) -> None:
    assert refusal_of(found) is None
