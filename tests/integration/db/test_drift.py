"""The migrations make what the models say."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import URL, Engine, create_engine, insert, inspect, pool

from app.db.migrate import alembic_config
from app.models import (
    api_keys,
    audit_log,
    bodies,
    budgets,
    changes,
    entries,
    holds,
    models,
    prices,
    rollups,
    sessions,
    teams,
    users,
)
from app.models.base import Base
from app.services.ledger.entry import Basis, Entry, Status
from tests.integration.db.rows import entry

MODELS = (
    api_keys.ApiKey,
    audit_log.AuditRow,
    bodies.BodyRow,
    bodies.BodyRule,
    budgets.BudgetPeriodRow,
    budgets.BudgetRow,
    budgets.EventRow,
    budgets.LimitRow,
    changes.ChangeCounter,
    entries.EntryRow,
    holds.HoldRow,
    holds.Lease,
    models.ModelRow,
    prices.PriceRow,
    rollups.LateEntry,
    rollups.UsageDay,
    rollups.UsageHour,
    rollups.UsageMark,
    rollups.UsageWeek,
    sessions.SessionRow,
    teams.Member,
    teams.Team,
    users.User,
)


def open_engine(path: Path) -> Engine:
    return create_engine(URL.create("sqlite", database=str(path)), poolclass=pool.NullPool)


@pytest.fixture
def migrated(path: Path) -> Generator[Engine]:
    engine = open_engine(path)
    yield engine
    engine.dispose()


def describe(engine: Engine) -> dict[str, Any]:
    """Return everything that a database tells about its tables."""
    found = inspect(engine)
    return {
        table: {
            "columns": [
                {**column, "type": str(column["type"])} for column in found.get_columns(table)
            ],
            "primary key": found.get_pk_constraint(table),
            "unique": sorted(found.get_unique_constraints(table), key=_by_name),
            "checks": sorted(
                (check["name"], check["sqltext"]) for check in found.get_check_constraints(table)
            ),
            "foreign keys": sorted(found.get_foreign_keys(table), key=_by_name),
            "indexes": sorted(
                (str(index["name"]), index["column_names"]) for index in found.get_indexes(table)
            ),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def _by_name(constraint: Mapping[str, Any]) -> str:
    return str(constraint["name"])


def test_alembic_finds_nothing_to_do(migrated: Engine) -> None:
    with migrated.connect() as connection:
        command.check(alembic_config(connection))


def test_models_and_migrations_make_the_same_tables(migrated: Engine, tmp_path: Path) -> None:
    from_models = open_engine(tmp_path / "models.db")
    Base.metadata.create_all(from_models)

    assert describe(migrated) == describe(from_models)
    assert set(describe(migrated)) == {model.__tablename__ for model in MODELS}


def test_every_constraint_has_a_name() -> None:
    nameless = [
        (table.name, constraint)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]

    assert nameless == []


def test_an_entry_of_the_ledger_fits_its_row() -> None:
    columns = [column.name for column in entries.EntryRow.__table__.columns]

    assert sorted(columns) == sorted([*Entry._fields, "settled_at_ms"])
    assert sorted(entry("req_1")) == sorted(columns)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("basis", [*Basis, None])
def test_every_status_and_basis_is_accepted(
    migrated: Engine, status: Status, basis: Basis | None
) -> None:
    row = entry("req_1", status=status, basis=basis)

    with migrated.begin() as connection:
        connection.execute(insert(entries.EntryRow).values(row))


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (
            "SELECT count(*) FROM entries WHERE created_at_ms BETWEEN 1 AND 2",
            "ix_entries_created_at_ms",
        ),
        *(
            (
                f"SELECT * FROM entries WHERE {column} = 1 ORDER BY created_at_ms",  # noqa: S608
                f"ix_entries_{column}_created_at_ms",
            )
            for column in ("key_id", "team_id", "user_id", "model")
        ),
    ],
)
def test_what_is_asked_often_uses_an_index(migrated: Engine, sql: str, index: str) -> None:
    with migrated.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()

    assert index in plan[0].detail
    assert not any("entries" in step.detail and "SCAN" in step.detail for step in plan)
    if "ORDER BY" in sql:
        assert not any("TEMP B-TREE" in step.detail for step in plan)
