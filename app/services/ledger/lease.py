"""The lease of this process: holds belong to it, and are free as soon as nobody renews it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from app.core.clock import Clock, epoch_ms
from app.core.errors import NotReadyError
from app.core.ids import new_id
from app.db.ledger_changes import Charge, LeaseEnd, LeaseRenewal, Settlement
from app.db.ledger_writer import LedgerWriter
from app.db.repositories.holds import HoldDirectory
from app.models.holds import HoldRow
from app.services.ledger.entry import Basis, Entry, Status
from app.services.ledger.ledger import Ledger, entry_row, json_text
from app.utils.background import running_beside

LEASE_SECONDS: Final = 30.0
RENEW_SECONDS: Final = 10.0
LOST_CODE: Final = "outcome_unknown"  # of a call whose gateway died under it

_SETTLED_AT_ONCE: Final = 1_000  # the writer takes no more than it can queue

_log: Final = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def open_ledger(
    writer: LedgerWriter, holds: HoldDirectory, clock: Clock
) -> AsyncGenerator[Ledger]:
    """Take a lease, settle what dead processes left behind, and open the ledger.

    Nobody else writes to the data folder, so whoever has another lease is dead.

    Raises:
        NotReadyError: the database cannot be written right now.
    """
    lease_id, started_at_ms = new_id("lease"), epoch_ms(clock.now())
    await writer.write(_renewal(lease_id, started_at_ms, clock))
    await settle_orphans(writer, holds, lease_id, epoch_ms(clock.now()))
    async with running_beside(_renew_for_ever(writer, lease_id, started_at_ms, clock)):
        yield Ledger(writer, lease_id)
    writer.put(LeaseEnd(lease_id))


async def _renew_for_ever(
    writer: LedgerWriter, lease_id: str, started_at_ms: int, clock: Clock
) -> None:
    """Keep the lease alive, as a background task. A database that is away is asked again."""
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        try:
            writer.put(_renewal(lease_id, started_at_ms, clock))
        except NotReadyError as error:
            _log.warning("lease_not_renewed", reason=error.message)


def _renewal(lease_id: str, started_at_ms: int, clock: Clock) -> LeaseRenewal:
    until_ms = epoch_ms(clock.now()) + int(LEASE_SECONDS * 1000)
    return LeaseRenewal(lease_id, started_at_ms, until_ms)


async def settle_orphans(
    writer: LedgerWriter, holds: HoldDirectory, lease_id: str, at_ms: int
) -> None:
    """Settle every call of other processes at what was held for it, and end their leases.

    Raises:
        NotReadyError: the database is away for now.
    """
    orphans = await holds.find_orphans(lease_id)
    for number, hold in enumerate(orphans.holds, 1):
        charges = [Charge(tuple(hold.charged or ()), -hold.held_nusd, hold.held_nusd)]
        row = entry_row(_lost_entry(hold, at_ms))
        writer.put(Settlement(hold.id, hold.lease_id, row, charges))
        if number % _SETTLED_AT_ONCE == 0:
            await writer.flush()
    for orphan_id in orphans.lease_ids:
        writer.put(LeaseEnd(orphan_id))
    await writer.flush()
    if orphans.holds:
        _log.warning("lost_calls_settled", calls=len(orphans.holds))


def _lost_entry(hold: HoldRow, at_ms: int) -> Entry:
    """Return the entry of a call whose gateway died under it: it may have used all it held."""
    return Entry(
        id=hold.id,
        created_at_ms=hold.created_at_ms,
        key_id=hold.key_id,
        client_request_id=hold.client_request_id,
        task=hold.task,
        model=hold.model,
        upstream=hold.upstream,
        upstream_model=hold.upstream_model,
        stream=hold.stream,
        status=Status.ERROR,
        error_code=LOST_CODE,
        finish_reason=None,
        units_in=hold.units_in,
        units_out=hold.units_out,
        basis=Basis.ESTIMATED,
        attempts=1,
        latency_ms=max(0, at_ms - hold.created_at_ms),
        ttft_ms=None,
        user_id=hold.user_id,
        team_id=hold.team_id,
        unit_in=hold.unit_in,
        unit_out=hold.unit_out,
        cost_nusd=None if hold.price is None else hold.held_nusd,
        held_nusd=hold.held_nusd,
        price=json_text(hold.price),
        charged=json_text(hold.charged),
        tags=hold.tags,
        end_user=hold.end_user,
    )
