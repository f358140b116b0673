"""Services about sessions of people in browsers, as routes ask for them."""

from collections.abc import AsyncGenerator
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from pydantic import SecretStr

from app.api.dependencies.browsers import (
    SECURE_COOKIE,
    cookie_name,
    is_encrypted,
    read_sent,
    require_own_page,
    session_cookie,
)
from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import Change, PeopleDep, address_of, open_change
from app.api.dependencies.permissions import SignedInDep
from app.api.errors import request_id_of
from app.db.repositories.people import People
from app.services.container import Container
from app.services.own_password import OwnPassword
from app.services.own_session import OwnSessions, SignOut
from app.services.session_editor import SessionEditor
from app.services.sessions import LIFETIME
from app.services.sign_in import PasswordCheck, SignInService, SignInTools, Visit

_SECONDS: Final = int(LIFETIME.total_seconds())


class SessionCookie:
    """The cookie of a request, and of its answer."""

    def __init__(self, request: Request, response: Response, container: Container) -> None:
        """Take a request and what is answered."""
        public_url, sent = container.settings.public_url, read_sent(request.scope)
        self._response = response
        self._name = cookie_name(request.scope, sent, public_url)
        self.is_encrypted = is_encrypted(request.scope, sent, public_url)

    def set(self, token: SecretStr) -> None:
        """Have the browser keep a session's token, out of reach of scripts and other sites."""
        self._write(token.get_secret_value(), _SECONDS)

    def clear(self) -> None:
        """Have the browser forget it."""
        self._write("", 0)

    def _write(self, value: str, seconds: int) -> None:
        self._response.set_cookie(
            self._name,
            value,
            max_age=seconds,
            path="/",
            secure=self._name == SECURE_COOKIE,
            httponly=True,
            samesite="lax",
        )


async def get_session_cookie(
    request: Request, response: Response, container: ContainerDep
) -> SessionCookie:
    """Build what sets and clears the cookie."""
    return SessionCookie(request, response, container)


async def get_visit(request: Request, container: ContainerDep) -> Visit:
    """Return where somebody comes from who signs in, from a page of the gateway's own.

    Raises:
        CrossSiteError: another site's page asks, which would sign somebody in as somebody else.
    """
    scope, public_url = request.scope, container.settings.public_url
    sent = read_sent(scope)
    require_own_page(scope, sent, public_url)
    cookie = session_cookie(scope, sent, public_url)
    return Visit(address_of(request), request_id_of(scope), cookie)


async def get_sign_in(container: ContainerDep) -> AsyncGenerator[SignInService]:
    """Open the transaction in which somebody signs in."""
    async with container.database.transaction() as session:
        people = People(session)
        editor = _session_editor(people, container)
        yield SignInService(people, editor, _tools(container))
    container.authenticator.forget_all()  # an older session may have ended


async def get_own_sessions(people: PeopleDep) -> OwnSessions:
    """Build what shows people their own session."""
    return OwnSessions(people)


async def get_own_change(
    request: Request, signed_in: SignedInDep, container: ContainerDep
) -> AsyncGenerator[Change]:
    """Open the transaction in which somebody changes what is theirs alone."""
    async with open_change(request, signed_in.principal, container) as change:
        yield change


OwnChangeDep = Annotated[Change, Depends(get_own_change, scope="function")]


async def get_sign_out(change: OwnChangeDep) -> SignOut:
    """Build what ends somebody's own session."""
    return SignOut(change.people, change.trail)


async def get_own_password(change: OwnChangeDep, container: ContainerDep) -> OwnPassword:
    """Build what changes somebody's own password."""
    editor = _session_editor(change.people, container)
    return OwnPassword(change.people, change.trail, editor, _tools(container))


def _session_editor(people: People, container: Container) -> SessionEditor:
    return SessionEditor(people, container.clock, container.sessions.pepper)


def _tools(container: Container) -> SignInTools:
    directory, hasher = container.sessions.directory, container.passwords
    check = PasswordCheck(directory, hasher, container.sign_in_failures)
    return SignInTools(container.clock, directory, hasher, check, container.sign_in_links)


SessionCookieDep = Annotated[SessionCookie, Depends(get_session_cookie)]
VisitDep = Annotated[Visit, Depends(get_visit)]
SignInServiceDep = Annotated[SignInService, Depends(get_sign_in, scope="function")]
OwnSessionsDep = Annotated[OwnSessions, Depends(get_own_sessions)]
SignOutDep = Annotated[SignOut, Depends(get_sign_out, scope="function")]
OwnPasswordDep = Annotated[OwnPassword, Depends(get_own_password, scope="function")]
