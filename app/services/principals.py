"""Who is calling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What a key may be used for."""

    INFERENCE = "inference"
    MANAGE = "manage"


class UserRole(StrEnum):
    """What a user is to the whole gateway."""

    ADMIN = "admin"
    MEMBER = "member"


class TeamRole(StrEnum):
    """What a user is to one team."""

    LEAD = "lead"
    MEMBER = "member"


class PrincipalKind(StrEnum):
    """What stands behind a request, or a row of the audit log."""

    USER = "user"  # a person's own key
    SERVICE = "service"  # a team's key
    BOOTSTRAP = "bootstrap"  # METERHOUSE_ADMIN_KEY
    OPERATOR = "operator"  # the credential of commands on this machine
    SESSION = "session"  # a person who is signed in, in a browser
    SYSTEM = "system"  # nobody: what the gateway writes down by itself


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: the key or session behind the request and what it may do.

    What is left out gives no right but to call every model.
    """

    key_id: str
    name: str
    scopes: frozenset[Scope]
    kind: PrincipalKind = PrincipalKind.USER
    user_id: str | None = None
    team_id: str | None = None  # that the key's calls are charged to
    is_admin: bool = False
    leads: frozenset[str] = frozenset()  # ids of teams
    member_of: frozenset[str] = frozenset()  # ids of teams, those it leads too
    allowed_models: tuple[str, ...] | None = None  # patterns; None: all
    tags: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    expires_at_ms: int | None = None  # None: never
    lineage_id: str | None = None  # the first key of its rotations; None: itself

    @property
    def is_key(self) -> bool:
        """Say whether it is a key, which can have limits and a history of its own."""
        return self.kind in _KEYS

    @property
    def turn_id(self) -> str:
        """Return what those share who wait for their turns as one: a key, or a person's pages."""
        if self.kind is PrincipalKind.SESSION:
            return self.user_id or self.key_id
        return self.lineage_id or self.key_id


_KEYS: Final = frozenset({PrincipalKind.USER, PrincipalKind.SERVICE})


def builtin_principal(kind: PrincipalKind) -> Principal:
    """Return who calls with a secret that is no row of the database: an admin, but no person."""
    return Principal(kind.value, kind.value, frozenset(Scope), kind, is_admin=True)


def session_principal(user_id: str, role: str, roles: Mapping[str, str]) -> Principal:
    """Return who calls from a browser: a user with all their rights, and no key."""
    kind = PrincipalKind.SESSION
    return Principal(
        kind.value,
        kind.value,
        frozenset(Scope),
        kind,
        user_id=user_id,
        is_admin=role == UserRole.ADMIN,
        leads=frozenset(team for team, one in roles.items() if one == TeamRole.LEAD),
        member_of=frozenset(roles),
    )
