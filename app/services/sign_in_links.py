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


class SignInLinks:
    """Makes links and takes them back. One lives as long as the process."""

    def __init__(self, clock: Clock, pepper: bytes) -> None:
        """Start without any."""
        self._clock = clock
        self._pepper = pepper
        self._links: dict[bytes, tuple[str, float]] = {}  # whose, and until when

    def issue(self, user_id: str) -> SignInLink:
        """Return a new link for a user."""
        token = new_token()
        until = self._clock.monotonic() + LIFETIME.total_seconds()
        self._links[self._digest(token)] = (user_id, until)
        while len(self._links) > MAX_LINKS:
            del self._links[next(iter(self._links))]
        return SignInLink(SecretStr(token), user_id, self._clock.now() + LIFETIME)

    def redeem(self, token: str) -> str:
        """Return whom a link signs in. From now on it signs nobody in.

        Raises:
            UnauthenticatedError: it is unknown, used or too old.
        """
        user_id, until = "", float("-inf")
        if is_token(token):
            user_id, until = self._links.pop(self._digest(token), (user_id, until))
        if self._clock.monotonic() >= until:
            raise UnauthenticatedError(_NO_GOOD, param="link")
        return user_id

    def forget(self, user_id: str) -> None:
        """Let no link of a user sign them in any more."""
        self._links = {digest: link for digest, link in self._links.items() if link[0] != user_id}

    def _digest(self, token: str) -> bytes:
        return token_digest(self._pepper, TokenUse.LINK, token)
