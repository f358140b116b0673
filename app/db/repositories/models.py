"""All SQL that touches `models`."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.database import Database
from app.models.models import ModelRow


class ModelRepository:
    """Reads and writes models inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, row: ModelRow) -> None:
        """Insert a new model. It is kept when the transaction commits."""
        self._session.add(row)
        await self._session.flush()

    async def get(self, name: str) -> ModelRow | None:
        """Return one model, or None."""
        return await self._session.get(ModelRow, name)

    async def count(self) -> int:
        """Return how many there are."""
        return (
            await self._session.execute(select(func.count()).select_from(ModelRow))
        ).scalar_one()

    async def list_all(self) -> Sequence[ModelRow]:
        """Return every model, by name."""
        return (await self._session.scalars(select(ModelRow).order_by(ModelRow.name))).all()

    async def delete(self, row: ModelRow) -> None:
        """Delete a model."""
        await self._session.delete(row)
        await self._session.flush()


class StoredModels:
    """Reads models, in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def read(self) -> Sequence[ModelRow]:
        """Return all that there are now.

        Raises:
            NotReadyError: the database is away for now.
        """
        async with self._database.reading() as session:
            return await ModelRepository(session).list_all()
