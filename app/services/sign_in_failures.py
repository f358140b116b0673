"""Limits how often somebody may fail to sign in, and has it written down."""

import hashlib
import ipaddress
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.errors import NotReadyError, RateLimitedError
from app.db.database import Database
from app.db.repositories.people import People
from app.services.audit_trail import Action, Actor, AuditTrail
from app.services.principals import Principal, PrincipalKind

WINDOW: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 10
PER_ADDRESS: Final = 30
MAX_COUNTED: Final = 10_000  # accounts, and addresses: beyond it, the one that failed first goes

_NETWORK_BITS: Final = 64  # of an IPv6 address: what one customer gets whole
_TOO_MANY: Final = (
    "Too many sign-ins have failed. Try again later, or use a link that "
    "`meterhouse sign-in-link` on the gateway's machine prints."
)
_SYSTEM: Final = Principal("system", "system", frozenset(), PrincipalKind.SYSTEM)

_log: Final = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, which counts as failed until it is forgiven."""

    account: bytes
    network: bytes
    at: float


@dataclass(slots=True)
class _Failed:
    times: int
    from_ip: str | None


class SignInFailures:
    """Counts failures by account and by address. One lives as long as the process."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing counted."""
        self._clock = clock
        self._accounts = _Windows(PER_ACCOUNT)
        self._networks = _Windows(PER_ADDRESS)
        self._unwritten: dict[str, _Failed] = {}  # by user

    def begin(self, email: str, from_ip: str | None) -> Attempt:
        """Count a try before it is made, so that many at once are not more than many in turn.

        Raises:
            RateLimitedError: there were too many of the account or from the address.
        """
        now = self._clock.monotonic()
        attempt = Attempt(_short(email), _short(_network(from_ip)), now)
        wait = max(
            self._accounts.seconds_left(attempt.account, now),
            self._networks.seconds_left(attempt.network, now),
        )
        if wait > 0:
            raise RateLimitedError(_TOO_MANY, retry_after_seconds=wait)
        self._accounts.add(attempt.account, now)
        self._networks.add(attempt.network, now)
        return attempt

    def forgive(self, attempt: Attempt) -> None:
        """Count a try no more, nor those of the account before it: it was right."""
        self._accounts.clear(attempt.account)
        self._networks.remove(attempt.network, attempt.at)

    def withdraw(self, attempt: Attempt) -> None:
        """Count a try no more: nobody could say whether it was right."""
        self._accounts.remove(attempt.account, attempt.at)
        self._networks.remove(attempt.network, attempt.at)

    def note(self, user_id: str, from_ip: str | None) -> None:
        """Remember that somebody failed to be a user, until that is written down."""
        failed = self._unwritten.setdefault(user_id, _Failed(0, from_ip))
        failed.times += 1
        failed.from_ip = from_ip

    async def write_down(self, database: Database) -> None:
        """Write one row for each account that somebody failed to sign in to."""
        unwritten, self._unwritten = self._unwritten, {}
        if not unwritten:
            return
        try:
            async with database.transaction() as session:
                people = People(session)
                for user_id, failed in unwritten.items():
                    trail = AuditTrail(people, self._clock, Actor(_SYSTEM, failed.from_ip))
                    facts = {"times": failed.times}
                    await trail.record(Action.USER_SIGN_IN_FAILED, user_id, after=facts)
        except NotReadyError as error:
            self._unwritten = unwritten | self._unwritten
            _log.warning("failed_sign_ins_not_written", reason=error.message)


class _Windows:
    """When each of some things happened, within the window and at most so often."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._moments: dict[bytes, deque[float]] = {}

    def seconds_left(self, key: bytes, now: float) -> float:
        moments = self._moments.get(key)
        if moments is None or len(moments) < self._most:
            return 0.0
        return moments[0] + WINDOW.total_seconds() - now

    def add(self, key: bytes, now: float) -> None:
        moments = self._moments.pop(key, None) or deque(maxlen=self._most)
        moments.append(now)
        self._moments[key] = moments
        if len(self._moments) > MAX_COUNTED:
            del self._moments[next(iter(self._moments))]

    def clear(self, key: bytes) -> None:
        self._moments.pop(key, None)

    def remove(self, key: bytes, at: float) -> None:
        with suppress(ValueError, KeyError):
            self._moments[key].remove(at)


def _short(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


def _network(address: str | None) -> str:
    """Return what stands for everybody at an address."""
    with suppress(ValueError):
        found = ipaddress.ip_address(address or "")
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
            return str(ipaddress.ip_network((found, _NETWORK_BITS), strict=False))
    return address or ""
