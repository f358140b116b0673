"""Units of tasks, which are added up by kind."""

import sqlalchemy as sa
from alembic import op

revision = "0007_units"
down_revision = "0006_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing but chat was called before, so the sums that are there have no such units.
    for table in ("usage_hours", "usage_days", "usage_weeks"):
        for unit in ("characters", "pixels", "seconds", "requests"):
            for way in ("in", "out"):
                column = sa.Column(
                    f"{unit}_{way}", sa.BigInteger(), nullable=False, server_default="0"
                )
                op.add_column(table, column)
