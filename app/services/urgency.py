"""Whose call goes first where there is not room for all."""

from enum import IntEnum

from app.services.principals import Principal, Scope


class Urgency(IntEnum):
    """Whose turn comes first."""

    ADMIN = 0
    INTERACTIVE = 1
    BATCH = 2


def urgency_of(principal: Principal, *, is_batch: bool) -> Urgency:
    """Return how urgent a call is. Who calls can make it less so, never more."""
    if is_batch:
        return Urgency.BATCH
    is_managing = principal.is_admin and Scope.MANAGE in principal.scopes
    return Urgency.ADMIN if is_managing else Urgency.INTERACTIVE
