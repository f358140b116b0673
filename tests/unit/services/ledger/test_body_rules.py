"""Which calls are recorded, and what becomes of a recording that cannot be stored."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from app.core.clock import epoch_ms
from app.core.errors import NotReadyError
from app.db.repositories.body_rules import BodyRuleDirectory
from app.models.bodies import BodyRule
from app.services.ledger import body_rules as module
from app.services.ledger.body_rules import BodyRules
from app.services.ledger.recording import Recording
from app.services.principals import Principal
from app.utils.background import running_beside
from tests.support.clocks import FakeClock


class Rules:
    """Rules in memory, which cannot be read the first few times."""

    def __init__(self, *scopes: str, failures: int = 0) -> None:
        self.scopes = scopes
        self.failures = failures
        self.was_read = asyncio.Event()

    async def read(self) -> Sequence[BodyRule]:
        if self.failures:
            self.failures -= 1
            raise NotReadyError("locked")
        self.was_read.set()
        return [
            BodyRule(scope_id=scope, max_bytes=1_024 + number, keep_days=2)
            for number, scope in enumerate(self.scopes)
        ]


def rules_over(stored: Rules) -> BodyRules:
    return BodyRules(cast("BodyRuleDirectory", stored), FakeClock())


def principal(**fields: Any) -> Principal:
    return Principal("key_2", "ci", frozenset(), **fields)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (principal(), None),
        (principal(team_id="team_1"), 1_024),
        (principal(team_id="team_2"), None),
        (principal(team_id="team_1", lineage_id="key_1"), 1_025),
        (principal(lineage_id="key_1"), 1_025),
    ],
)
async def test_a_key_goes_before_its_team(who: Principal, expected: int | None) -> None:
    rules = rules_over(Rules("team_1", "key_1"))
    await rules.refresh()

    kept = rules.start(who, b"{}")

    assert (None if kept is None else kept.terms.max_bytes) == expected


async def test_nobody_is_recorded_before_rules_are_read() -> None:
    assert rules_over(Rules("team_1")).start(principal(team_id="team_1"), b"{}") is None


async def test_a_change_that_cannot_be_read_is_followed_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FOLLOW_SECONDS", 0.001)
    stored = Rules("team_1", failures=2)
    rules = rules_over(stored)

    await rules.follow_change()  # it does not fail: the change is kept
    assert rules.start(principal(team_id="team_1"), b"{}") is None
    async with running_beside(rules.keep_following()):
        await stored.was_read.wait()

    assert rules.start(principal(team_id="team_1"), b"{}") is not None


async def test_a_recording_becomes_a_row_that_expires() -> None:
    rules = rules_over(Rules("team_1"))
    await rules.refresh()
    kept = rules.start(principal(team_id="team_1"), b"asked")
    assert kept is not None
    kept.add(b"answered")

    row = rules.end(kept, "req_1", is_stream=False)

    in_two_days = epoch_ms(FakeClock().now()) + 2 * 86_400_000
    assert row == ("req_1", in_two_days, "asked", "answered", False)


async def test_an_entry_is_not_lost_over_a_body_that_cannot_be_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RecursionError

    rules = rules_over(Rules("team_1"))
    await rules.refresh()
    kept = rules.start(principal(team_id="team_1"), b"{}")
    assert kept is not None
    monkeypatch.setattr(Recording, "texts", fail)

    with capture_logs() as logs:
        assert rules.end(kept, "req_1", is_stream=False) is None

    assert [(one["event"], one["request_id"]) for one in logs] == [("body_not_stored", "req_1")]
