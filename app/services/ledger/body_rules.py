"""Whose requests and answers are stored, in memory."""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog

from app.core.clock import Clock, epoch_ms
from app.core.errors import NotReadyError
from app.db.ledger_changes import BODIES, Row
from app.db.repositories.body_rules import BodyRuleDirectory
from app.services.ledger.recording import BodyTerms, Recording, Room
from app.services.principals import Principal

_DAY_MS: Final = 24 * 3_600_000
_FOLLOW_SECONDS: Final = 1.0

_log: Final = structlog.stdlib.get_logger(__name__)


class BodyRules:
    """Says of each call whether it is recorded, and makes of a recording what is stored."""

    def __init__(self, stored: BodyRuleDirectory, clock: Clock) -> None:
        """Take where rules are kept, and what time it is. `refresh` reads them."""
        self._stored = stored
        self._clock = clock
        self._by_scope_id: Mapping[str, BodyTerms] = {}  # of a team, or a key's lineage
        self._room = Room()
        self._refreshing = asyncio.Lock()
        self._is_stale = False

    async def refresh(self) -> None:
        """Let the rules hold that are in the database now.

        Raises:
            NotReadyError: the database is away for now; the rules before still hold.
        """
        async with self._refreshing:
            rows = await self._stored.read()
            self._by_scope_id = {
                row.scope_id: BodyTerms(row.max_bytes, row.keep_days) for row in rows
            }
            self._is_stale = False

    async def follow_change(self) -> None:
        """Let a change that is committed hold: at once, or as soon as the database can be read."""
        try:
            await self.refresh()
        except NotReadyError as error:
            self._is_stale = True
            _log.warning("body_rules_not_read", reason=error.message)

    async def keep_following(self) -> None:
        """Read rules that could not be read after a change, as a background task."""
        while True:
            await asyncio.sleep(_FOLLOW_SECONDS)
            if self._is_stale:
                await self.follow_change()

    def start(self, who: Principal, request: bytes) -> Recording | None:
        """Return what keeps somebody's call, or None where no rule says so.

        The rule of a key goes before that of its team.
        """
        rules = self._by_scope_id
        if not rules:
            return None
        terms = rules.get(who.lineage_id or who.key_id) or rules.get(who.team_id or "")
        return None if terms is None else Recording(terms, request, self._room)

    def end(self, recording: Recording, call_id: str, *, is_stream: bool) -> Row | None:
        """Return what is stored with the entry of a call that has ended.

        An entry is never lost over it: what cannot be made a text of is in the log.
        """
        try:
            texts = recording.texts(is_stream=is_stream)
        except Exception:  # noqa: BLE001 - whatever it is, the entry must be written
            _log.exception("body_not_stored", request_id=call_id)
            return None
        finally:
            recording.end()
        return BODIES.row(
            {
                "entry_id": call_id,
                "expires_at_ms": epoch_ms(self._clock.now()) + recording.terms.keep_days * _DAY_MS,
                "request": texts.request,
                "answer": texts.answer,
                "is_cut": texts.is_cut,
            }
        )
