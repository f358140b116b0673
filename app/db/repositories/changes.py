"""All SQL that touches `changes`."""

from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.models.changes import ChangeCounter

_ACCESS: Final = "access"


class ChangeRepository:
    """Counts changes of who may do what, so that every process can see that there was one."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def bump_access(self) -> None:
        """Count one change of users, teams, members or keys, in the transaction that makes it."""
        await self._session.execute(
            update(ChangeCounter)
            .where(ChangeCounter.name == _ACCESS)
            .values(counter=ChangeCounter.counter + 1)
        )

    async def read_access(self) -> int:
        """Return how many changes there were. Only whether it has moved says something."""
        query = select(ChangeCounter.counter).where(ChangeCounter.name == _ACCESS)
        return (await self._session.execute(query)).scalar_one()
