"""The keys in use, in memory. Whoever learns of a change makes it forget them."""

import asyncio
import hmac
from typing import Any, Final

import structlog

from app.core.clock import Clock
from app.core.errors import NotReadyError, UnauthenticatedError
from app.db.repositories.key_directory import KeyDirectory
from app.services.key_principals import principal_of, refusal_of
from app.services.principals import Principal

UNKNOWN_SECONDS: Final = 1.0  # how long a wrong secret is refused without asking again
MAX_KNOWN: Final = 10_000  # beyond it, the key asked for longest ago is asked for again
MAX_UNKNOWN: Final = 1_000
UNREADABLE: Final = (
    "API keys cannot be checked right now because the database does not answer. Try again soon."
)

_LOCKS: Final = 64  # so that lookups of different keys rarely wait for each other
_NEVER_SEEN: Final = (
    "This API key is not known here. Ask whoever runs this gateway for one "
    "(`meterhouse keys create`)."
)

_log: Final = structlog.stdlib.get_logger(__name__)


class KnownKeys:
    """A bounded cache by full digest. One lives as long as the process."""

    def __init__(self, directory: KeyDirectory, clock: Clock) -> None:
        """Start empty, over the place where keys are kept."""
        self._directory = directory
        self._clock = clock
        self._known: dict[bytes, Principal] = {}  # in the order in which they were asked for
        self._unknown: dict[bytes, tuple[float, str]] = {}  # until when, and what to say
        self._locks = tuple(asyncio.Lock() for _ in range(_LOCKS))
        self._times_forgotten = 0
        self._unreadable_at = float("-inf")

    def get(self, digest: bytes) -> Principal | None:
        """Return who calls with a key that was good when it was asked for, or None."""
        return self._known.get(digest)

    def forget_all(self) -> None:
        """Drop every key, also for lookups under way. Call it after the change is committed."""
        self._times_forgotten += 1
        self._known.clear()
        self._unknown.clear()

    async def look_up(self, digest: bytes) -> Principal:
        """Return who calls with a key, asking once however many calls want to know.

        Raises:
            UnauthenticatedError: there is no such key, or it is not good any more.
            NotReadyError: the database cannot be asked.
        """
        arrived = self._clock.monotonic()
        async with self._locks[digest[0] % _LOCKS]:
            known = self._known.get(digest)
            if known is not None:
                return known
            self._refuse_unknown(digest)
            return await self._ask(digest, arrived=arrived)

    def _refuse_unknown(self, digest: bytes) -> None:
        until, message = self._unknown.get(digest, (float("-inf"), ""))
        if self._clock.monotonic() < until:
            raise UnauthenticatedError(message)

    async def _ask(self, digest: bytes, *, arrived: float) -> Principal:
        if self._unreadable_at > arrived:  # it failed while this call stood in line: no second try
            raise NotReadyError(UNREADABLE, retry_after_seconds=1)
        times_forgotten = self._times_forgotten
        try:
            record = await self._directory.find(digest)
        except NotReadyError as error:
            self._unreadable_at = self._clock.monotonic()
            _log.warning("keys_unreadable", reason=error.message)
            raise NotReadyError(UNREADABLE, retry_after_seconds=1) from error
        if record is None or not hmac.compare_digest(record.key.digest, digest):
            raise self._remember_unknown(digest, _NEVER_SEEN)
        refusal = refusal_of(record)
        if refusal is not None:
            raise self._remember_unknown(digest, refusal)
        principal = principal_of(record)
        if times_forgotten == self._times_forgotten:  # else the answer may be older than the change
            self._known[digest] = principal
            _trim(self._known, MAX_KNOWN)
        return principal

    def _remember_unknown(self, digest: bytes, message: str) -> UnauthenticatedError:
        self._unknown.pop(digest, None)
        self._unknown[digest] = (self._clock.monotonic() + UNKNOWN_SECONDS, message)
        _trim(self._unknown, MAX_UNKNOWN)
        return UnauthenticatedError(message)


def _trim(cache: dict[bytes, Any], size: int) -> None:
    """Drop the oldest until the rest fits."""
    while len(cache) > size:
        del cache[next(iter(cache))]
