"""Who may see, rotate and issue which keys, as pure functions. None issues more than it has."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.clock import from_epoch_ms
from app.core.errors import ForbiddenError
from app.db.repositories.sight import Sight
from app.models.api_keys import ApiKey
from app.services.access import manages_all, manages_team
from app.services.model_patterns import covers
from app.services.principals import Principal, Scope


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key may do."""

    scopes: frozenset[Scope]
    allowed_models: tuple[str, ...] | None  # None: all
    expires_at_ms: int | None  # None: never
    tags: Mapping[str, str]
    team_id: str | None  # that is charged


def grant_of(key: ApiKey) -> Grant:
    """Return what a stored key may do."""
    return Grant(
        scopes=frozenset(map(Scope, key.scopes)),
        allowed_models=None if key.allowed_models is None else tuple(key.allowed_models),
        expires_at_ms=key.expires_at_ms,
        tags=key.tags,
        team_id=key.team_id,
    )


def keys_in_sight(who: Principal) -> Sight:
    """Return which keys somebody sees: their own, and those charged to teams that they lead.

    Whoever sees a key may revoke it.
    """
    if Scope.MANAGE not in who.scopes:
        return Sight(is_all=False, user_id=None, team_ids=frozenset())
    return Sight(who.is_admin, who.user_id, who.leads)


def require_rotation(who: Principal, key: ApiKey) -> None:
    """Return if somebody may have the new secret of a key: their own, or one of a team they lead.

    Raises:
        ForbiddenError: it is a member's, which a lead may revoke and not use.
    """
    is_own = key.user_id is not None and key.user_id == who.user_id
    is_teams = key.user_id is None and key.team_id is not None and manages_team(who, key.team_id)
    if not (is_own or is_teams or manages_all(who)):
        raise ForbiddenError(
            "Only its owner or an admin may rotate this key. You may revoke it: "
            f"`DELETE /v1/keys/{key.id}`."
        )


def require_within(grant: Grant, who: Principal) -> None:
    """Return if a key that somebody gets may do no more than the key they ask with.

    Raises:
        ForbiddenError: it could, in a way that `param` names.
    """
    beyond = grant.scopes - who.scopes
    if beyond:
        raise ForbiddenError(
            f"Your own key lacks the scope `{min(beyond)}`, so it cannot issue one that has "
            "it. Leave it out, or use a key with both scopes.",
            param="scopes",
        )
    _require_models_within(grant, who)
    _require_end_within(grant, who)
    _require_same_team(grant, who)
    if not who.tags.items() <= grant.tags.items():
        raise ForbiddenError(
            "Your own key has fixed tags, which the one that you ask for must have too: "
            f"{', '.join(sorted(who.tags))}. Leave them out to inherit them.",
            param="tags",
        )


def require_unbound(who: Principal, *, to: str) -> None:
    """Return if whoever somebody lets sign in can do no more than they may themselves.

    Raises:
        ForbiddenError: they ask with a key that lacks something which its owner has.
    """
    is_unbound = (
        who.scopes == frozenset(Scope)
        and who.allowed_models is None
        and who.expires_at_ms is None
        and not who.tags
    )
    if not is_unbound:
        raise ForbiddenError(
            f"This key may not {to}: whoever signs in may do all that a user may, and the key has "
            "fewer scopes, fixed models or tags, or an end. Use one without, or sign in."
        )


def _require_models_within(grant: Grant, who: Principal) -> None:
    if who.allowed_models is None:
        return
    asked = ("*",) if grant.allowed_models is None else grant.allowed_models
    beyond = next((one for one in asked if not covers(who.allowed_models, one)), None)
    if beyond is not None:
        raise ForbiddenError(
            f"Your own key may not call all that {beyond!r} stands for, so it cannot issue one "
            f"that may. It may call: {', '.join(who.allowed_models)}.",
            param="allowed_models",
        )


def _require_end_within(grant: Grant, who: Principal) -> None:
    end_ms = who.expires_at_ms
    if end_ms is not None and (grant.expires_at_ms is None or grant.expires_at_ms > end_ms):
        raise ForbiddenError(
            "Your own key expires before the one that you ask for would: "
            f"{from_epoch_ms(end_ms):%Y-%m-%dT%H:%M:%SZ}. Ask for an earlier end.",
            param="expires_at",
        )


def _require_same_team(grant: Grant, who: Principal) -> None:
    """Return if the team of the key that asks is charged for the other too: no key sheds it."""
    if who.team_id not in {None, grant.team_id} and not manages_all(who):
        raise ForbiddenError(
            "Your own key is charged to a team, so a key that you get with it must be charged to "
            f"the same: {who.team_id}. Ask with a key that is charged to none, or ask an admin.",
            param="team_id",
        )
