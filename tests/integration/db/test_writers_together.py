"""The ledger's writer and transactions share one file."""

import asyncio
from pathlib import Path

from sqlalchemy import text

from app.db.database import open_database
from app.db.ledger_writer import open_ledger_writer
from tests.integration.db.rows import put_call, written_ids


async def test_nobody_is_told_that_the_database_is_locked(data_dir: Path) -> None:
    async with open_database(data_dir) as db, open_ledger_writer(db.path) as writer:
        async with db.transaction() as session:
            await session.execute(text("CREATE TABLE counters (value INTEGER)"))
            await session.execute(text("INSERT INTO counters VALUES (0)"))

        async def record(client: int) -> None:
            for number in range(50):
                put_call(writer, f"req_{client}_{number}")
                await writer.flush()

        async def count() -> None:
            for _ in range(20):
                async with db.transaction() as session:
                    value = (await session.execute(text("SELECT value FROM counters"))).scalar_one()
                    await session.execute(text("UPDATE counters SET value = :v"), {"v": value + 1})

        async with asyncio.TaskGroup() as tasks:
            for client in range(20):
                tasks.create_task(record(client))
            for _ in range(5):
                tasks.create_task(count())

        async with db.reading() as session:
            assert (await session.execute(text("SELECT value FROM counters"))).scalar_one() == 100
    assert len(written_ids(data_dir / "meterhouse.db")) == 1000
