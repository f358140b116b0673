"""Rows are built in the order of their tables' columns."""

from app.db.ledger_changes import ENTRIES, HOLDS
from app.services.ledger.entry import Entry
from app.services.ledger.hold import Hold
from app.services.ledger.ledger import entry_row
from tests.support.entries import CALL


def test_a_hold_has_the_columns_of_its_table_but_for_the_lease() -> None:
    first, *others = Hold._fields
    assert (first, "lease_id", *others) == HOLDS.names


def test_an_entry_has_the_columns_of_its_table_but_for_when_it_was_settled() -> None:
    first, second, *others = Entry._fields
    assert (first, second, "settled_at_ms", *others) == ENTRIES.names


def test_an_entrys_row_has_each_value_in_its_place() -> None:
    entry = CALL._replace(tags={"app": "docs"}, end_user="eve", tries=[{"upstream": "hf"}])

    row = dict(zip(ENTRIES.names, entry_row(entry), strict=True))

    assert row == {
        **entry._asdict(),
        "settled_at_ms": CALL.created_at_ms + CALL.latency_ms,
        "tags": '{"app":"docs"}',
        "tries": '[{"upstream":"hf"}]',
    }
