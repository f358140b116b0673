"""Links that sign somebody in, once: in memory only, so that none outlives the process."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import SecretStr

from app.core.clock import Clock
from app.core.errors import UnauthenticatedError
from app.core.tokens import TokenUse, is_token, new_token, token_digest

LIFETIME: Final = timedelta(minutes=15)
MAX_LINKS: Final = 100  # beyond it, the oldest is no good any more

_NO_GOOD: Final = (
    "This sign-in link was used, is older than 15 minutes, or was made before the gateway was "
    "started. `meterhouse sign-in-link` on its machine prints a new one."
)


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A fresh link: the token in it, which is shown this once."""

    token: SecretStr
    user_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkUse:
    """What a link is good for: it signs a user in, on the word of who made it."""

    user_id: str
    made_by: str | None  # a user; None: the machine's operator or its admin key


class SignInLinks:
    """Makes links and takes them back. One lives as long as the process."""

    def __init__(self, clock: Clock, pepper: bytes) -> None:
        """Start without any."""
        self._clock = clock
        self._pepper = pepper
        self._links: dict[bytes, tuple[LinkUse, float]] = {}  # for what, and until when

    def issue(self, user_id: str, *, made_by: str | None = None) -> SignInLink:
        """Return a new link for a user, made by another or by no user."""
        token = new_token()
        until = self._clock.monotonic() + LIFETIME.total_seconds()
        self._links[self._digest(token)] = (LinkUse(user_id, made_by), until)
        while len(self._links) > MAX_LINKS:
            del self._links[next(iter(self._links))]
        return SignInLink(SecretStr(token), user_id, self._clock.now() + LIFETIME)

    def redeem(self, token: str) -> LinkUse:
        """Return what a link is good for. From now on it is good for nothing.

        Raises:
            UnauthenticatedError: it is unknown, used or too old.
        """
        found = self._links.pop(self._digest(token), None) if is_token(token) else None
        if found is None or self._clock.monotonic() >= found[1]:
            raise UnauthenticatedError(_NO_GOOD, param="link")
        return found[0]

    def forget(self, user_id: str) -> None:
        """Let no link of a user sign them in any more, and none that they made sign in anybody."""
        self._links = {
            digest: (use, until)
            for digest, (use, until) in self._links.items()
            if user_id not in {use.user_id, use.made_by}
        }

    def _digest(self, token: str) -> bytes:
        return token_digest(self._pepper, TokenUse.LINK, token)
