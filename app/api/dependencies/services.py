"""Services, as routes ask for them.

"function" scope ends a transaction before the response leaves: a failed commit is never a 200.
"""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.db.repositories.api_keys import ApiKeyRepository
from app.db.repositories.entries import EntryRepository
from app.services.keys import KeyService
from app.services.ledger.reports import LedgerReports


async def get_key_service(container: ContainerDep) -> AsyncGenerator[KeyService]:
    """Build the key service over the request's one transaction."""
    authenticator, revoked = container.authenticator, list[str]()
    try:
        async with container.database.transaction() as session:
            keys = KeyService(ApiKeyRepository(session), container.clock, authenticator.pepper)
            yield keys
            revoked = keys.revoked
    finally:  # the database says so by now, even where the caller left during the commit
        for key_id in revoked:
            authenticator.forget(key_id)


async def get_key_reader(container: ContainerDep) -> AsyncGenerator[KeyService]:
    """Build a key service that can only read."""
    async with container.database.reading() as session:
        yield KeyService(ApiKeyRepository(session), container.clock, container.authenticator.pepper)


async def get_ledger_reports(container: ContainerDep) -> AsyncGenerator[LedgerReports]:
    """Build the reports over the ledger."""
    async with container.database.reading() as session:
        yield LedgerReports(EntryRepository(session), container.ledger)


KeyServiceDep = Annotated[KeyService, Depends(get_key_service, scope="function")]
KeyReaderDep = Annotated[KeyService, Depends(get_key_reader, scope="function")]
LedgerReportsDep = Annotated[LedgerReports, Depends(get_ledger_reports, scope="function")]
