"""Services, as routes ask for them.

"function" scope ends a transaction before the response leaves: a failed commit is never a 200.
"""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.db.repositories.entries import EntryRepository
from app.services.ledger.reports import LedgerReports


async def get_ledger_reports(container: ContainerDep) -> AsyncGenerator[LedgerReports]:
    """Build the reports over the ledger."""
    async with container.database.reading() as session:
        yield LedgerReports(EntryRepository(session), container.ledger)


LedgerReportsDep = Annotated[LedgerReports, Depends(get_ledger_reports, scope="function")]
