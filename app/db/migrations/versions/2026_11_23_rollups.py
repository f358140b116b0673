"""Sums by hour, day and week, and indexes for reports about one team, user or model."""

import sqlalchemy as sa
from alembic import op

revision = "0004_rollups"
down_revision = "0003_accounting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_sums("usage_hours")
    _create_sums("usage_days")
    _create_sums("usage_weeks")
    marks = op.create_table(
        "usage_marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_usage_marks"),
    )
    names = ("rolled_to", "paired_to", "kept_from", "writes")
    op.bulk_insert(marks, [{"name": name, "value": 0} for name in names])
    op.create_table(
        "usage_late",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_usage_late"),
    )
    # SQLite's own words. Another database must also make an insert wait for a move of the mark.
    op.execute(
        "CREATE TRIGGER entries_note_late AFTER INSERT ON entries "
        "WHEN NEW.created_at_ms < (SELECT value FROM usage_marks WHERE name = 'rolled_to') "
        "BEGIN INSERT INTO usage_late (entry_id) VALUES (NEW.id); END"
    )
    op.drop_index("ix_entries_key_id_id", "entries")
    op.create_index("ix_entries_created_at_ms", "entries", ["created_at_ms"])
    for column in ("team_id", "user_id", "model"):
        op.create_index(f"ix_entries_{column}_created_at_ms", "entries", [column, "created_at_ms"])


def _create_sums(table: str) -> None:
    op.create_table(
        table,
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("ok", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("without_units", sa.BigInteger(), nullable=False),
        sa.Column("without_cost", sa.BigInteger(), nullable=False),
        sa.Column("assumed_price", sa.BigInteger(), nullable=False),
        sa.Column("units_in", sa.BigInteger(), nullable=False),
        sa.Column("units_out", sa.BigInteger(), nullable=False),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=False),
        sa.Column("latency", sa.LargeBinary(), nullable=False),
        sa.Column("ttft", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "start_ms", "value", name=f"pk_{table}"),
        sqlite_with_rowid=False,
    )
