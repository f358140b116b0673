"""A process that writes ledger rows for ever and says which ones are safe."""

import asyncio
import itertools
import sys
from pathlib import Path

from sqlalchemy import text

from app.db.database import Database, open_database
from app.db.ledger_writer import LedgerWriter, open_ledger_writer
from tests.integration.db.rows import put_call


async def write_batch(writer: LedgerWriter, batch: int) -> None:
    """Write some rows, and print their ids when they are flushed."""
    ids = [f"req_{batch:06}_{number:02}" for number in range(batch % 40 + 1)]
    for entry_id in ids:
        put_call(writer, entry_id)
    await writer.flush()
    sys.stdout.write("".join(f"{entry_id}\n" for entry_id in ids))
    sys.stdout.flush()


async def write_otherwise(db: Database) -> None:
    """Commit something on the other connection."""
    async with db.transaction() as session:
        await session.execute(text("UPDATE api_keys SET name = name"))


async def write(data_dir: Path) -> None:
    """Write batch after batch, with some transactions between them."""
    async with open_database(data_dir) as db, open_ledger_writer(db.path) as writer:
        for batch in itertools.count():
            await write_batch(writer, batch)
            if batch % 10 == 0:
                await write_otherwise(db)


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1])))
