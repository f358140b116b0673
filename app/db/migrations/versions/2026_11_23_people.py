"""People, teams, who owns a key, and who changed what."""

import sqlalchemy as sa
from alembic import op

from app.core.clock import SystemClock, epoch_ms
from app.core.ids import new_id

revision = "0002_people"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_people()
    _create_audit_log()
    changes = op.create_table(
        "changes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_changes"),
    )
    op.bulk_insert(changes, [{"name": "access", "counter": 0}])
    _give_keys_owners()
    op.add_column("entries", sa.Column("user_id", sa.Text(), nullable=True))
    op.add_column("entries", sa.Column("team_id", sa.Text(), nullable=True))


def _create_people() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('admin', 'member')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded_name", sa.Text(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("folded_name", name="uq_teams_folded_name"),
    )
    op.create_table(
        "members",
        sa.Column("team_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'member')", name=op.f("ck_members_role")),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name="fk_members_team_id_teams", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_members_user_id_users", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_members"),
    )
    op.create_index("ix_members_user_id", "members", ["user_id"])


def _create_audit_log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_key_id", sa.Text(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object_type", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("from_ip", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "actor_kind IN ('user', 'service', 'bootstrap', 'operator', 'system')",
            name=op.f("ck_audit_log_actor_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_actor_id_id", "audit_log", ["actor_id", "id"])
    op.create_index("ix_audit_log_object_id_id", "audit_log", ["object_id", "id"])
    for name, when in (  # SQLite's own words; another database needs others
        ("update", "UPDATE ON audit_log"),
        ("delete", "DELETE ON audit_log"),
        # INSERT OR REPLACE deletes without asking the trigger before it.
        ("replace", "INSERT ON audit_log WHEN NEW.id IN (SELECT id FROM audit_log)"),
    ):
        op.execute(
            f"CREATE TRIGGER audit_log_refuses_{name} BEFORE {when} "
            "BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
        )


def _give_keys_owners() -> None:
    """Add the owners of keys. Keys that were made before there were people go to one admin."""
    op.add_column("api_keys", sa.Column("user_id", sa.Text(), nullable=True))
    op.add_column("api_keys", sa.Column("team_id", sa.Text(), nullable=True))
    op.add_column("api_keys", sa.Column("allowed_models", sa.JSON(none_as_null=True)))
    op.add_column("api_keys", sa.Column("tags", sa.JSON(), nullable=True))
    op.add_column("api_keys", sa.Column("created_by", sa.Text(), nullable=True))
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE api_keys SET tags = '{}'"))
    if connection.execute(sa.text("SELECT count(*) FROM api_keys")).scalar_one():
        owner_id = new_id("user")
        connection.execute(
            sa.text(
                "INSERT INTO users (id, email, name, role, created_at_ms) "
                "VALUES (:id, 'admin@localhost', 'Admin', 'admin', :now)"
            ),
            {"id": owner_id, "now": epoch_ms(SystemClock().now())},
        )
        connection.execute(sa.text("UPDATE api_keys SET user_id = :id"), {"id": owner_id})
    with op.batch_alter_table("api_keys") as keys:
        keys.alter_column("tags", existing_type=sa.JSON(), nullable=False)
        for column, table in (("user_id", "users"), ("team_id", "teams")):
            keys.create_foreign_key(
                op.f(f"fk_api_keys_{column}_{table}"), table, [column], ["id"], ondelete="CASCADE"
            )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.create_index("ix_api_keys_team_id", "api_keys", ["team_id"])
