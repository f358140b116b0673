"""All SQL that touches `body_rules`."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.database import Database
from app.models.bodies import BodyRule
from app.utils.paging import Cursor


class BodyRuleRepository:
    """Reads and writes rules inside one session."""

    def __init__(self, session: AsyncSession) -> None:
        """Work in the caller's transaction."""
        self._session = session

    async def add(self, rule: BodyRule) -> None:
        """Insert a new rule. It is kept when the transaction commits."""
        self._session.add(rule)
        await self._session.flush()

    async def get(self, rule_id: str) -> BodyRule | None:
        """Return one rule, or None."""
        return await self._session.get(BodyRule, rule_id)

    async def get_of(self, scope: str, scope_id: str) -> BodyRule | None:
        """Return the rule of a team or key, or None."""
        query = select(BodyRule).where(BodyRule.scope == scope, BodyRule.scope_id == scope_id)
        return (await self._session.execute(query)).scalar_one_or_none()

    async def list_all(self) -> Sequence[BodyRule]:
        """Return every rule there is."""
        return (await self._session.scalars(select(BodyRule))).all()

    async def list_after(self, cursor: Cursor) -> Sequence[BodyRule]:
        """Return rules, newest first, and one more than the page holds if there are."""
        query = select(BodyRule).order_by(BodyRule.id.desc()).limit(cursor.limit + 1)
        if cursor.after is not None:
            query = query.where(BodyRule.id < cursor.after)
        return (await self._session.scalars(query)).all()

    async def delete(self, rule: BodyRule) -> None:
        """Delete a rule."""
        await self._session.delete(rule)
        await self._session.flush()

    async def delete_of(self, scope: str, scope_ids: Collection[str]) -> Sequence[str]:
        """Delete the rules of some scopes of one kind, and return their ids."""
        statement = (
            delete(BodyRule)
            .where(BodyRule.scope == scope, BodyRule.scope_id.in_(sorted(scope_ids)))
            .returning(BodyRule.id)
        )
        return sorted((await self._session.scalars(statement)).all())


class BodyRuleDirectory:
    """Reads rules, in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def read(self) -> Sequence[BodyRule]:
        """Return all rules that hold now.

        Raises:
            NotReadyError: the database is away for now.
        """
        async with self._database.reading() as session:
            return await BodyRuleRepository(session).list_all()
