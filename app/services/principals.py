"""Who is calling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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
    """What stands behind a secret."""

    USER = "user"  # a person's own key
    SERVICE = "service"  # a team's key
    BOOTSTRAP = "bootstrap"  # METERHOUSE_ADMIN_KEY
    OPERATOR = "operator"  # the credential of commands on this machine


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: the key behind the request and what it may do.

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


def builtin_principal(kind: PrincipalKind) -> Principal:
    """Return who calls with a secret that is no row of the database: an admin, but no person."""
    return Principal(kind.value, kind.value, frozenset(Scope), kind, is_admin=True)
