"""From a key's row to who calls with it: its rights, or why it has none."""

from typing import Final

from app.db.repositories.key_directory import KeyRecord
from app.services.principals import Principal, PrincipalKind, Scope, TeamRole, UserRole

_REVOKED: Final = "This API key was revoked. Ask whoever runs this gateway for a new one."
_DISABLED: Final = "The owner of this API key is disabled. Ask whoever runs this gateway."
_LEFT_TEAM: Final = (
    "The owner of this API key has left the team that it is charged to. "
    "Ask whoever runs this gateway for a new one."
)


def refusal_of(record: KeyRecord) -> str | None:
    """Return what to say to whoever calls with a key that is not good any more, or None.

    The owner is asked for here too, not only when their keys are revoked: no key outlives them.
    """
    key, owner = record.key, record.owner
    if key.revoked_at_ms is not None:
        return _REVOKED
    if key.user_id is None:
        return None
    if owner is None or owner.disabled_at_ms is not None:
        return _DISABLED
    if key.team_id is not None and key.team_id not in record.roles:
        return _LEFT_TEAM
    return None


def principal_of(record: KeyRecord) -> Principal:
    """Return who calls with a good key. A service key stands for a lead of its team."""
    key, owner = record.key, record.owner
    roles = dict(record.roles)
    is_service = key.user_id is None and key.team_id is not None
    if is_service:
        roles = {str(key.team_id): TeamRole.LEAD.value}
    return Principal(
        key_id=key.id,
        name=key.name,
        scopes=frozenset(map(Scope, key.scopes)),
        kind=PrincipalKind.SERVICE if is_service else PrincipalKind.USER,
        user_id=key.user_id,
        team_id=key.team_id,
        is_admin=owner is not None and owner.role == UserRole.ADMIN,
        leads=frozenset(team for team, role in roles.items() if role == TeamRole.LEAD),
        member_of=frozenset(roles),
        allowed_models=None if key.allowed_models is None else tuple(key.allowed_models),
        tags=key.tags,
        expires_at_ms=key.expires_at_ms,
        lineage_id=key.lineage_id,
    )
