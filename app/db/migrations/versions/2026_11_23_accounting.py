"""Money: budgets, limits, prices, holds, and what an entry says of its cost."""

import sqlalchemy as sa
from alembic import op

revision = "0003_accounting"
down_revision = "0002_people"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _widen_entries()
    _create_holds()
    _create_budgets()
    _create_prices_and_limits()
    _create_bodies()
    op.add_column("api_keys", sa.Column("lineage_id", sa.Text(), nullable=True))


def _widen_entries() -> None:
    for column in (
        sa.Column("unit_in", sa.Text(), nullable=True),
        sa.Column("unit_out", sa.Text(), nullable=True),
        sa.Column("cached_in", sa.BigInteger(), nullable=True),
        sa.Column("cost_nusd", sa.BigInteger(), nullable=True),
        sa.Column("held_nusd", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("price", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("charged", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tags", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("end_user", sa.Text(), nullable=True),
        sa.Column("tries", sa.JSON(none_as_null=True), nullable=True),
    ):
        op.add_column("entries", column)
    op.execute("UPDATE entries SET unit_in = 'token' WHERE units_in IS NOT NULL")
    op.execute("UPDATE entries SET unit_out = 'token' WHERE units_out IS NOT NULL")
    with op.batch_alter_table("entries") as entries:
        entries.alter_column(
            "held_nusd", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None
        )
    # SQLite's own words; another database needs others.
    op.execute(
        "CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries "
        "BEGIN SELECT RAISE(ABORT, 'entries never change'); END"
    )


def _create_holds() -> None:
    op.create_table(
        "leases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_leases"),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lease_id", sa.Text(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("client_request_id", sa.Text(), nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("upstream", sa.Text(), nullable=True),
        sa.Column("upstream_model", sa.Text(), nullable=True),
        sa.Column("stream", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("unit_in", sa.Text(), nullable=True),
        sa.Column("unit_out", sa.Text(), nullable=True),
        sa.Column("units_in", sa.BigInteger(), nullable=False),
        sa.Column("units_out", sa.BigInteger(), nullable=False),
        sa.Column("held_nusd", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("charged", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tags", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("end_user", sa.Text(), nullable=True),
        sa.CheckConstraint("held_nusd >= 0", name=op.f("ck_holds_held")),
        sa.PrimaryKeyConstraint("id", name="pk_holds"),
    )


def _create_budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("cap_nusd", sa.BigInteger(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("alert_percents", sa.JSON(), nullable=False),
        sa.Column("unknown_hold_nusd", sa.BigInteger(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("archived_at_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(_SCOPES, name=op.f("ck_budgets_scope")),
        sa.CheckConstraint(
            "period IN ('day', 'week', 'month', 'total')", name=op.f("ck_budgets_period")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_budgets"),
    )
    op.create_index("ix_budgets_scope_scope_id", "budgets", ["scope", "scope_id"])
    op.create_table(
        "budget_periods",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        sa.Column("cap_nusd", sa.BigInteger(), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("held_nusd", sa.BigInteger(), nullable=False),
        sa.Column("settled_nusd", sa.BigInteger(), nullable=False),
        sa.Column("overshoot_nusd", sa.BigInteger(), nullable=False),
        sa.Column("closing_nusd", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held_nusd >= 0", name=op.f("ck_budget_periods_held")),
        sa.CheckConstraint(
            "is_hard = 0 OR held_nusd + settled_nusd <= cap_nusd + overshoot_nusd",
            name=op.f("ck_budget_periods_cap"),
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budgets.id"], name="fk_budget_periods_budget_id_budgets"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_budget_periods"),
    )
    op.create_index("ix_budget_periods_budget_id", "budget_periods", ["budget_id"])
    op.create_table(
        "events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_object_id_id", "events", ["object_id", "id"])


def _create_prices_and_limits() -> None:
    op.create_table(
        "limits",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("requests_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("tokens_per_minute", sa.BigInteger(), nullable=True),
        sa.Column("parallel_calls", sa.BigInteger(), nullable=True),
        sa.Column("wait_up_to_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(_SCOPES, name=op.f("ck_limits_scope")),
        sa.PrimaryKeyConstraint("id", name="pk_limits"),
    )
    op.create_index("ix_limits_scope_scope_id", "limits", ["scope", "scope_id"], unique=True)
    op.create_table(
        "prices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("upstream", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("nusd_per_million", sa.BigInteger(), nullable=False),
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("valid_until_ms", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("nusd_per_million >= 0", name=op.f("ck_prices_price")),
        sa.PrimaryKeyConstraint("id", "unit", name="pk_prices"),
    )
    op.create_index("ix_prices_model_upstream", "prices", ["model", "upstream"])


def _create_bodies() -> None:
    op.create_table(
        "body_rules",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("max_bytes", sa.BigInteger(), nullable=False),
        sa.Column("keep_days", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("scope IN ('team', 'key')", name=op.f("ck_body_rules_scope")),
        sa.PrimaryKeyConstraint("id", name="pk_body_rules"),
    )
    op.create_index(
        "ix_body_rules_scope_scope_id", "body_rules", ["scope", "scope_id"], unique=True
    )
    op.create_table(
        "bodies",
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("expires_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name="pk_bodies"),
    )
    op.create_index("ix_bodies_expires_at_ms", "bodies", ["expires_at_ms"])


_SCOPES = "scope IN ('instance', 'team', 'user', 'key')"
