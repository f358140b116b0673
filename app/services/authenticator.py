"""From an Authorization header to who is calling, mostly without I/O."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import structlog

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConfigurationError, NotReadyError, UnauthenticatedError
from app.core.security import PEPPER_FILE, digester, pepper_version
from app.db.repositories.key_directory import KeyDirectory
from app.services.access_watch import AccessWatch
from app.services.bearer import read_bearer, refuse_foreign, refuse_malformed
from app.services.known_keys import MAX_KNOWN, UNREADABLE, KnownKeys
from app.services.principals import Principal
from app.utils.background import running_beside

WRITE_USES_SECONDS: Final = 60.0

_EXPIRED: Final = "This API key has expired. Ask whoever runs this gateway for a new one."

_log: Final = structlog.stdlib.get_logger(__name__)


class Authenticator:
    """Says who is calling. It keeps digests, never secrets."""

    def __init__(
        self,
        directory: KeyDirectory,
        pepper: bytes,
        clock: Clock,
        builtins: Mapping[str, Principal],
    ) -> None:
        """Take where keys are kept, and whose the few secrets are that are no rows."""
        self.pepper = pepper
        self._directory = directory
        self._clock = clock
        self._known = KnownKeys(directory, clock)
        self.watch = AccessWatch(directory, clock, self._known.forget_all)
        self._digest = digester(pepper)
        self._builtins = {self._digest(secret): who for secret, who in builtins.items()}
        self._uses: dict[str, float] = {}  # key id -> monotonic moment that is not written yet

    async def authenticate(self, authorization: str | None) -> Principal:
        """Return who is calling. A key in use costs no I/O.

        Raises:
            UnauthenticatedError: there is no key, or it is not good, or not any more.
            NotReadyError: for five seconds nobody could say whether it is good.
        """
        if authorization is not None and authorization[:7] == "Bearer ":
            secret = authorization[7:]
        else:
            secret = read_bearer(authorization)
        hashed = self._digest(secret)
        who = self._known.get(hashed)
        if who is None:
            builtin = self._builtins.get(hashed)
            if builtin is not None:
                return builtin
            refuse_foreign(secret)
            refuse_malformed(secret)
        now = self._clock.monotonic()
        if not self.watch.is_certain(now):
            if not await self.watch.make_certain():
                raise NotReadyError(UNREADABLE, retry_after_seconds=1)
            who = self._known.get(hashed)  # it may be forgotten by now
        if who is None:
            who = await self._known.look_up(hashed)
        if who.expires_at_ms is not None and epoch_ms(self._clock.now()) >= who.expires_at_ms:
            raise UnauthenticatedError(_EXPIRED)
        self._uses[who.key_id] = now
        return who

    def forget_all(self) -> None:
        """Ask for everybody again. Call it after a change of people, teams or keys is committed."""
        self.watch.announce()

    async def write_uses(self) -> None:
        """Write down when each key was last used, as far as that is not written yet."""
        uses, self._uses = self._uses, {}
        if not uses:
            return
        now, monotonic = self._clock.now(), self._clock.monotonic()
        moments = {
            key_id: epoch_ms(now - timedelta(seconds=monotonic - used))
            for key_id, used in uses.items()
        }
        try:
            await self._directory.mark_used(moments)
        except NotReadyError as error:
            self._uses = dict(list((uses | self._uses).items())[-MAX_KNOWN:])
            _log.warning("key_uses_not_written", keys=len(uses), reason=error.message)


@asynccontextmanager
async def open_authenticator(
    directory: KeyDirectory,
    pepper: bytes,
    clock: Clock,
    builtins: Mapping[str, Principal],
    *,
    are_keys_used: bool = True,
) -> AsyncGenerator[Authenticator]:
    """Open an authenticator that learns of changes each second.

    It writes the last use of keys down each minute and at the end.

    Raises:
        ConfigurationError: keys in use were made with another pepper, and are to be used.
    """
    if are_keys_used:
        await _require_same_pepper(directory, pepper, clock)
    authenticator = Authenticator(directory, pepper, clock, builtins)
    await authenticator.watch.look()
    async with (
        running_beside(authenticator.watch.look_for_ever()),
        running_beside(_write_uses_for_ever(authenticator)),
    ):
        yield authenticator
    await authenticator.write_uses()


async def _write_uses_for_ever(authenticator: Authenticator) -> None:
    while True:
        await asyncio.sleep(WRITE_USES_SECONDS)
        await authenticator.write_uses()


async def _require_same_pepper(directory: KeyDirectory, pepper: bytes, clock: Clock) -> None:
    others = await directory.count_of_other_peppers(
        pepper_version(pepper), now_ms=epoch_ms(clock.now())
    )
    if others:
        raise ConfigurationError(
            f"{others} API keys in use were made with another key pepper than the one given. "
            f"Restore {PEPPER_FILE} of the data folder (or METERHOUSE_KEY_PEPPER), or revoke "
            "them: `meterhouse keys list`, `meterhouse keys revoke ID`."
        )
