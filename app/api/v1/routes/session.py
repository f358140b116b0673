"""Signing in and out, in a browser."""

from fastapi import APIRouter, status

from app.api.dependencies.permissions import PUBLIC, PermittedRoute, SignedInDep, VisitorDep
from app.api.dependencies.sessions import (
    OwnPasswordDep,
    OwnSessionsDep,
    SessionCookieDep,
    SignInServiceDep,
    SignOutDep,
    VisitDep,
)
from app.api.v1.schemas.session import PasswordChange, SessionOut, SignIn

router = APIRouter(prefix="/v1/session", tags=["session"], route_class=PermittedRoute)


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[PUBLIC])
async def sign_in(
    body: SignIn, visit: VisitDep, sign_ins: SignInServiceDep, cookie: SessionCookieDep
) -> SessionOut:
    """Sign in with a link or with e-mail and password. The answer sets the session's cookie.

    After 10 failures of one account or 30 from one address, within 15 minutes, it is refused (429).
    """
    begun = await sign_ins.enter(body.to_wish(), visit)
    cookie.set(begun.token)
    return SessionOut.of(begun.own, is_encrypted=cookie.is_encrypted)


@router.get("")
async def read_session(
    visitor: VisitorDep, sessions: OwnSessionsDep, cookie: SessionCookieDep
) -> SessionOut:
    """Show who is signed in, and the token that pages of this session send. It needs none yet."""
    own = await sessions.describe(visitor)
    return SessionOut.of(own, is_encrypted=cookie.is_encrypted)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT)
async def sign_out(signed_in: SignedInDep, sign_out: SignOutDep, cookie: SessionCookieDep) -> None:
    """Sign out: end this session and clear its cookie. Others of the same user go on."""
    await sign_out.end(signed_in)
    cookie.clear()


@router.put("/password")
async def change_password(
    body: PasswordChange,
    signed_in: SignedInDep,
    visit: VisitDep,
    *,
    passwords: OwnPasswordDep,
    cookie: SessionCookieDep,
) -> SessionOut:
    """Choose a password of 12 to 200 characters. Every session of yours ends, and a new one begins.

    The current one is needed, unless there is none or you signed in by link 15 minutes ago or less.
    """
    begun = await passwords.change(signed_in, body.to_wish(), visit.from_ip)
    cookie.set(begun.token)
    return SessionOut.of(begun.own, is_encrypted=cookie.is_encrypted)
