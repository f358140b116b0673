"""A call as the ledger keeps it, to be varied by `dataclasses.replace`."""

from app.db.ledger_changes import ENTRIES, HOLDS, Intent
from app.services.ledger.entry import Basis, Entry, Status
from app.services.ledger.ledger import Ledger, entry_row

NOON_MS = 1_795_435_200_000  # 2026-11-23T12:00:00Z
CALL = Entry(
    id="",
    created_at_ms=NOON_MS,
    key_id="",
    client_request_id="trace-7",
    task="chat",
    model="fast",
    upstream="hf",
    upstream_model="org/model:groq",
    stream=True,
    status=Status.OK,
    error_code=None,
    finish_reason="stop",
    units_in=10,
    units_out=5,
    basis=Basis.REPORTED,
    attempts=1,
    latency_ms=1_234,
    ttft_ms=56,
    user_id="user_ana",
    team_id=None,
)


def record(ledger: Ledger, entry: Entry) -> None:
    """Have a call written down, as if it had been admitted and had ended. It waits for nothing."""
    row = dict(zip(ENTRIES.names, entry_row(entry), strict=True))
    hold = {name: row.get(name) for name in HOLDS.names}
    hold |= {"lease_id": ledger.lease_id, "units_in": 0, "units_out": 0}
    ledger.note(Intent(HOLDS.row(hold)))
    ledger.settle(entry, ())
