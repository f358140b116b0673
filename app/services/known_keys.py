"""The keys in use, in memory: asked of the database again before they are trusted for too long."""

import asyncio
import hmac
from dataclasses import dataclass
from typing import Any, Final

import structlog

from app.core.clock import Clock
from app.core.errors import NotReadyError, UnauthenticatedError
from app.db.repositories.key_directory import KeyDirectory
from app.services.key_principals import principal_of, refusal_of
from app.services.principals import Principal

RECHECK_SECONDS: Final = 2.5  # then one call asks the database; the others go on meanwhile
TRUST_SECONDS: Final = 5.0  # then none goes on: a key revoked by another process is dead by now
UNKNOWN_SECONDS: Final = 1.0  # how long a wrong secret is refused without asking again
MAX_KNOWN: Final = 10_000  # beyond it, the key checked longest ago is asked for again
MAX_UNKNOWN: Final = 1_000

_LOCKS: Final = 64  # so that lookups of different keys rarely wait for each other
_NEVER_SEEN: Final = (
    "This API key is not known here. Ask whoever runs this gateway for one "
    "(`meterhouse keys create`)."
)
_UNREADABLE: Final = (
    "API keys cannot be checked right now because the database does not answer. Try again soon."
)

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that was good when the database was last asked."""

    principal: Principal
    expires_at_ms: int | None
    checked_at: float  # monotonic: when the question was asked, not when it was answered


class KnownKeys:
    """A bounded cache by full digest. One lives as long as the process."""

    def __init__(self, directory: KeyDirectory, clock: Clock) -> None:
        """Start empty, over the place where keys are kept."""
        self._directory = directory
        self._clock = clock
        self._known: dict[bytes, KnownKey] = {}  # in the order in which they were checked
        self._unknown: dict[bytes, tuple[float, str]] = {}  # until when, and what to say
        self._locks = tuple(asyncio.Lock() for _ in range(_LOCKS))
        self._times_forgotten = 0
        self._unreadable_at = float("-inf")

    def get_fresh(self, digest: bytes, now: float) -> KnownKey | None:
        """Return a key that need not be asked for."""
        known = self._known.get(digest)
        return known if known is not None and now - known.checked_at < RECHECK_SECONDS else None

    def forget_all(self) -> None:
        """Drop every key, also for lookups under way. Call it after the change is committed."""
        self._times_forgotten += 1
        self._known.clear()

    def forget(self, key_id: str) -> None:
        """Drop a key, also for lookups under way. Call it after the change is committed."""
        self._times_forgotten += 1
        for digest in [key for key, one in self._known.items() if one.principal.key_id == key_id]:
            del self._known[digest]

    async def look_up(self, digest: bytes) -> KnownKey:
        """Return a key that is not fresh, asking once however many calls want to know.

        Raises:
            UnauthenticatedError: there is no such key, or it is not good any more.
            NotReadyError: the database cannot be asked, and the key is not trusted any more.
        """
        arrived = self._clock.monotonic()
        lock = self._locks[digest[0] % _LOCKS]
        if lock.locked():
            trusted = self._get_trusted(digest)
            if trusted is not None:
                return trusted
        async with lock:
            fresh = self.get_fresh(digest, self._clock.monotonic())
            if fresh is not None:
                return fresh
            self._refuse_unknown(digest)
            try:
                return await self._ask(digest, arrived=arrived)
            except NotReadyError:
                trusted = self._get_trusted(digest)
                if trusted is None:
                    raise
                return trusted

    def _get_trusted(self, digest: bytes) -> KnownKey | None:
        known = self._known.get(digest)
        now = self._clock.monotonic()
        return known if known is not None and now - known.checked_at < TRUST_SECONDS else None

    def _refuse_unknown(self, digest: bytes) -> None:
        until, message = self._unknown.get(digest, (float("-inf"), ""))
        if self._clock.monotonic() < until:
            raise UnauthenticatedError(message)

    async def _ask(self, digest: bytes, *, arrived: float) -> KnownKey:
        if self._unreadable_at > arrived:  # it failed while this call stood in line: no second try
            raise NotReadyError(_UNREADABLE, retry_after_seconds=1)
        asked_at, times_forgotten = self._clock.monotonic(), self._times_forgotten
        try:
            record = await self._directory.find(digest)
        except NotReadyError as error:
            self._unreadable_at = self._clock.monotonic()
            _log.warning("keys_unreadable", reason=error.message)
            raise NotReadyError(_UNREADABLE, retry_after_seconds=1) from error
        self._known.pop(digest, None)
        if record is None or not hmac.compare_digest(record.key.digest, digest):
            raise self._remember_unknown(digest, _NEVER_SEEN)
        refusal = refusal_of(record)
        if refusal is not None:
            raise self._remember_unknown(digest, refusal)
        known = KnownKey(principal_of(record), record.key.expires_at_ms, asked_at)
        if times_forgotten == self._times_forgotten:  # else the answer may be older than the change
            self._known[digest] = known
            _trim(self._known, MAX_KNOWN)
        return known

    def _remember_unknown(self, digest: bytes, message: str) -> UnauthenticatedError:
        self._unknown.pop(digest, None)
        self._unknown[digest] = (self._clock.monotonic() + UNKNOWN_SECONDS, message)
        _trim(self._unknown, MAX_UNKNOWN)
        return UnauthenticatedError(message)


def _trim(cache: dict[bytes, Any], size: int) -> None:
    """Drop the oldest until the rest fits."""
    while len(cache) > size:
        del cache[next(iter(cache))]
