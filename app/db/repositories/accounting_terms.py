"""Budgets and limits for whoever has no transaction: each question opens and ends its own."""

from collections.abc import Sequence
from typing import NamedTuple

from app.db.database import Database
from app.db.repositories.budgets import BudgetRepository
from app.db.repositories.limits import LimitRepository
from app.models.budgets import BudgetRow, LimitRow


class Terms(NamedTuple):
    """Every budget that is not archived and every limit, as they were at one moment."""

    budgets: Sequence[BudgetRow]
    limits: Sequence[LimitRow]


class AccountingTerms:
    """Reads what binds whom, in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        """Ask this database."""
        self._database = database

    async def read(self) -> Terms:
        """Return all terms that hold now.

        Raises:
            NotReadyError: the database is away for now.
        """
        async with self._database.reading() as session:
            budgets = await BudgetRepository(session).list_active()
            return Terms(budgets, await LimitRepository(session).list_all())
