"""Who sends a request: a key in the Authorization header, or a session in a cookie. Never both."""

import hmac
from typing import Final

from starlette.types import Scope

from app.api.dependencies.browsers import Sent, read_sent, require_own_page, session_cookie
from app.core.errors import InvalidRequestError, UnauthenticatedError
from app.services.container import Container
from app.services.principals import Principal
from app.services.sessions import SignedIn

TEAM_HEADER: Final = "X-Meterhouse-Team"

_BOTH: Final = (
    "Send a key (`Authorization`) or a session (`X-Meterhouse-CSRF`), not both: they may belong to "
    "different callers."
)
_TEAM_OF_A_KEY: Final = (
    "`X-Meterhouse-Team` is for sessions in browsers. A key is charged to its own team: leave the "
    "header out, or use a key of that team."
)
_NO_SESSION: Final = "You are not signed in, or not any more. Sign in again."
_STALE: Final = (
    "`X-Meterhouse-CSRF` is not the token of this session: somebody has signed in anew in this "
    "browser. Reload the page, or ask `GET /v1/session` for it."
)


async def find_caller(container: Container, scope: Scope, *, may_charge: bool) -> Principal:
    """Return who is calling. A key or session in use costs no I/O.

    Raises:
        UnauthenticatedError: there is neither a good key nor a session, or its token is wrong.
        InvalidRequestError: there are both, or a team is named where none can be.
        CrossSiteError: the cookie came along with what another site sent.
        ForbiddenError: the session may not charge the team.
        NotReadyError: nobody can say whether the key or session is good.
    """
    sent = read_sent(scope)
    if sent.csrf is None:
        if sent.team is not None and sent.authorization is not None:
            raise InvalidRequestError(_TEAM_OF_A_KEY, param=TEAM_HEADER)
        return await container.authenticator.authenticate(sent.authorization)
    if sent.authorization is not None:
        raise InvalidRequestError(_BOTH, param="Authorization")
    signed_in = await _find(container, scope, sent)
    if not hmac.compare_digest(signed_in.csrf_token.encode(), sent.csrf.encode("latin-1")):
        raise UnauthenticatedError(_STALE, param="X-Meterhouse-CSRF")
    scope["state"]["signed_in"] = signed_in
    if sent.team is None:
        return signed_in.principal
    if not may_charge:
        raise InvalidRequestError(
            "`X-Meterhouse-Team` says which team a call of a model is charged to. Leave it out "
            "here.",
            param=TEAM_HEADER,
        )
    return signed_in.charged_to(sent.team)


async def find_visitor(container: Container, scope: Scope) -> SignedIn:
    """Return who is signed in, for a page that does not know its session's token yet.

    Raises:
        UnauthenticatedError: nobody is.
        InvalidRequestError: there is a key too.
        CrossSiteError: another site's page asks.
        NotReadyError: nobody can say whether the session is good.
    """
    return await _find(container, scope, read_sent(scope))


async def _find(container: Container, scope: Scope, sent: Sent) -> SignedIn:
    public_url = container.settings.public_url
    require_own_page(scope, sent, public_url)
    cookie = session_cookie(scope, sent, public_url)
    if cookie is None:
        raise UnauthenticatedError(_NO_SESSION)
    if sent.authorization is not None:
        raise InvalidRequestError(_BOTH, param="Authorization")
    return await container.sessions.find(cookie)
