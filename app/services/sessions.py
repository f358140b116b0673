"""From a cookie to who is signed in, mostly without I/O."""

import hmac
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

import structlog

from app.core.clock import Clock, epoch_ms
from app.core.errors import ForbiddenError, NotReadyError, UnauthenticatedError
from app.core.tokens import TokenUse, csrf_token, is_token, token_digest
from app.db.repositories.session_directory import SessionDirectory, SessionRecord
from app.services.access_watch import AccessWatch
from app.services.principals import Principal, session_principal

IDLE: Final = timedelta(hours=8)
LIFETIME: Final = timedelta(days=7)
MAX_KNOWN: Final = 10_000  # beyond it, the session asked for longest ago is asked for again

_IDLE_MS: Final = int(IDLE.total_seconds() * 1000)
_ENDED: Final = "You are not signed in, or not any more. Sign in again."
_UNREADABLE: Final = (
    "Sessions cannot be checked right now because the database does not answer. Try again soon."
)

_log: Final = structlog.stdlib.get_logger(__name__)


class SignInMethod(StrEnum):
    """What somebody signed in with."""

    LINK = "link"
    PASSWORD = "password"  # noqa: S105 - not a password


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a browser."""

    session_id: str
    principal: Principal
    csrf_token: str  # what pages of the session send, and no other site can know
    signed_in_with: SignInMethod
    created_at_ms: int
    expires_at_ms: int
    teams: frozenset[str]  # that calls may be charged to

    def charged_to(self, team_id: str) -> Principal:
        """Return who calls where a team is to be charged.

        Raises:
            ForbiddenError: it is none of the user's, or there is no such team.
        """
        if team_id not in self.teams:
            raise ForbiddenError(
                "`X-Meterhouse-Team` names a team that you are not in. `GET /v1/session` lists "
                "yours.",
                param="X-Meterhouse-Team",
            )
        return replace(self.principal, team_id=team_id)


@dataclass(slots=True)
class _Known:
    signed_in: SignedIn
    used_at_ms: int


class Sessions:
    """Says who is signed in, and for how long they are. It keeps digests, never cookies."""

    def __init__(
        self, directory: SessionDirectory, pepper: bytes, clock: Clock, watch: AccessWatch
    ) -> None:
        """Take where sessions are kept, and who learns of changes. Start with none known."""
        self.directory = directory
        self.pepper = pepper
        self._clock = clock
        self._watch = watch
        self._known: dict[bytes, _Known] = {}  # in the order in which they were asked for
        self._uses: dict[str, int] = {}  # session id -> moment that is not written yet
        self._times_forgotten = 0
        watch.also_tell(self._forget_all)

    async def find(self, token: str) -> SignedIn:
        """Return who is signed in with a cookie. A session in use costs no I/O.

        Raises:
            UnauthenticatedError: there is no such session, or it has ended.
            NotReadyError: for five seconds nobody could say whether it is good.
        """
        if not is_token(token):
            raise UnauthenticatedError(_ENDED)
        hashed = token_digest(self.pepper, TokenUse.SESSION, token)
        if not await self._watch.make_certain():
            raise NotReadyError(_UNREADABLE, retry_after_seconds=1)
        known = self._known.get(hashed) or await self._look_up(hashed, token)
        now_ms, signed_in = epoch_ms(self._clock.now()), known.signed_in
        if now_ms >= min(signed_in.expires_at_ms, known.used_at_ms + _IDLE_MS):
            raise UnauthenticatedError(_ENDED)
        known.used_at_ms = self._uses[signed_in.session_id] = now_ms
        return signed_in

    async def write_uses(self) -> None:
        """Write down when each session was last used, as far as that is not written yet."""
        uses, self._uses = self._uses, {}
        if not uses:
            return
        try:
            await self.directory.mark_used(uses)
        except NotReadyError as error:
            self._uses = dict(list((uses | self._uses).items())[-MAX_KNOWN:])
            _log.warning("session_uses_not_written", sessions=len(uses), reason=error.message)

    def _forget_all(self) -> None:
        self._times_forgotten += 1
        self._known.clear()

    async def _look_up(self, digest: bytes, token: str) -> _Known:
        times_forgotten = self._times_forgotten
        try:
            record = await self.directory.find(digest)
        except NotReadyError as error:
            _log.warning("sessions_unreadable", reason=error.message)
            raise NotReadyError(_UNREADABLE, retry_after_seconds=1) from error
        if record is None or not hmac.compare_digest(record.row.digest, digest):
            raise UnauthenticatedError(_ENDED)
        if record.user.disabled_at_ms is not None:
            raise UnauthenticatedError(_ENDED)
        last_use = max(record.row.used_at_ms, self._uses.get(record.row.id, 0))
        found = _Known(signed_in_as(record, csrf_token(self.pepper, token)), last_use)
        if times_forgotten == self._times_forgotten:  # else the answer may be older than the change
            self._known[digest] = found
            while len(self._known) > MAX_KNOWN:
                del self._known[next(iter(self._known))]
        return found


def signed_in_as(record: SessionRecord, token: str) -> SignedIn:
    """Return who is signed in by a stored session, to whose pages a token belongs."""
    row, user = record.row, record.user
    return SignedIn(
        session_id=row.id,
        principal=session_principal(user.id, user.role, record.roles),
        csrf_token=token,
        signed_in_with=SignInMethod(row.signed_in_with),
        created_at_ms=row.created_at_ms,
        expires_at_ms=row.expires_at_ms,
        teams=record.all_teams | frozenset(record.roles),
    )
