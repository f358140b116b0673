"""Credentials that are no rows of the database."""

from collections.abc import Mapping

from app.core.config import Settings
from app.services.principals import Principal, PrincipalKind, builtin_principal


def builtin_principals(settings: Settings, operator_secret: str | None) -> Mapping[str, Principal]:
    """Return who calls with a secret that is no row of the database."""
    found: dict[str, Principal] = {}
    if settings.admin_key is not None:
        secret = settings.admin_key.get_secret_value()
        found[secret] = builtin_principal(PrincipalKind.BOOTSTRAP)
    if operator_secret is not None:
        found[operator_secret] = builtin_principal(PrincipalKind.OPERATOR)
    return found
