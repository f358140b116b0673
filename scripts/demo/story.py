"""What people did, read from `story.toml` and done over the API."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2

ADMIN: Final = "administration"  # the key of who does most of it
ADMINS_EMAIL: Final = "alma@demo.example"
_FILE: Final = Path(__file__).with_name("story.toml")
_METHODS: Final = ("post", "patch", "delete")
_NAME: Final = re.compile(r"\{([^}]+)\}")


class Step(NamedTuple):
    """One request: when, by whose key, and what of its answer is kept."""

    at: datetime
    by: str
    method: str
    path: str
    body: Mapping[str, Any] | None
    keep: str | None


def read_steps(now: datetime, month_began: datetime) -> Sequence[Step]:
    """Return everything that was done until now, the oldest first.

    Args:
        now: The moment at which the story ends.
        month_began: When the budgets of this month were made.
    """
    written: list[dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["steps"]
    return sorted((_step(one, now, month_began) for one in written), key=lambda step: step.at)


def _step(written: Mapping[str, Any], now: datetime, month_began: datetime) -> Step:
    method = next(one for one in _METHODS if one in written)
    at = month_began
    if "days_ago" in written:
        at = day(now, written["days_ago"], written["at"])
    elif "minutes_ago" in written:
        at = now - timedelta(minutes=written["minutes_ago"])
    by, keep = written.get("by", ADMIN), written.get("keep")
    return Step(at, by, method.upper(), written[method], written.get("body"), keep)


def day(now: datetime, days_ago: int, at: time) -> datetime:
    """Return a moment of an earlier day, in UTC."""
    return datetime.combine(now.date() - timedelta(days=days_ago), at, UTC)


class Storyteller:
    """Does steps over an API, and knows what came of them by name."""

    def __init__(self, client: httpx2.AsyncClient, operator_secret: str, **known: Any) -> None:
        """Take the gateway, the credential of who begins, and what is known beforehand."""
        self._client = client
        self._known = known
        self.secrets = {"operator": operator_secret}

    async def do(self, step: Step) -> None:
        """Make one request, which must be granted."""
        answer = await self._client.request(
            step.method,
            f"/v1/{self._told(step.path)}",
            json=self._told(step.body),
            headers={"Authorization": f"Bearer {self.secrets[step.by]}"},
        )
        if not answer.is_success:
            raise RuntimeError(f"{step.method} {step.path}: {answer.text}")
        if step.keep is not None:
            kept = answer.json()
            self._known[step.keep] = kept["id"]
            if "secret" in kept:
                self.secrets[step.keep] = kept["secret"]

    def _told(self, value: Any) -> Any:
        """Return a value with what the names in it stand for."""
        match value:
            case str():
                whole = _NAME.fullmatch(value)
                if whole:
                    return self._known[whole[1]]
                return _NAME.sub(lambda found: str(self._known[found[1]]), value)
            case list():
                return [self._told(one) for one in value]  # pyright: ignore[reportUnknownVariableType]
            case dict():
                return {name: self._told(one) for name, one in value.items()}  # pyright: ignore[reportUnknownVariableType]
            case _:
                return value
