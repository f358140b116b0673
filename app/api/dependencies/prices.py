"""Services about prices, as routes ask for them."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep, PeopleDep
from app.api.dependencies.permissions import AdminDep
from app.core.errors import AppError
from app.db.repositories.uncosted import UncostedCalls
from app.services.prices.missing import MissingPrices
from app.services.prices.price_editor import PriceEditor
from app.services.prices.price_import import PriceImport
from app.services.prices.prices import PriceService
from app.utils.uninterrupted import uninterrupted


async def read_prices_again(container: ContainerDep) -> AsyncGenerator[None]:
    """Quote a change of prices once it is kept: this begins before its transaction."""
    is_refused = False
    try:
        yield
    except AppError:
        is_refused = True
        raise
    finally:  # the database says so by now, even where the caller left during the commit
        if not is_refused:
            await uninterrupted(container.prices.refresh())


_ReadAgain = Annotated[None, Depends(read_prices_again, scope="function")]


async def get_price_editor(
    _: _ReadAgain, change: ChangeDep, container: ContainerDep
) -> PriceEditor:
    """Build what sets and ends prices."""
    return PriceEditor(
        change.people.prices,
        change.trail,
        container.clock,
        book=container.prices,
        upstreams=container.gateway.upstreams,
    )


async def get_price_import(
    _: _ReadAgain, change: ChangeDep, container: ContainerDep
) -> PriceImport:
    """Build what takes over lists of prices."""
    upstreams = container.gateway.upstreams
    return PriceImport(change.people.prices, change.trail, container.clock, upstreams)


async def get_price_service(
    people: PeopleDep, admin: AdminDep, container: ContainerDep
) -> PriceService:
    """Build what shows prices."""
    del admin
    return PriceService(people.prices, container.prices, container.clock)


async def get_missing_prices(admin: AdminDep, container: ContainerDep) -> MissingPrices:
    """Build what finds models without a price. No transaction is open while upstreams are asked."""
    del admin
    calls = UncostedCalls(container.database)
    return MissingPrices(calls, container.prices, container.models, container.clock)


PriceEditorDep = Annotated[PriceEditor, Depends(get_price_editor, scope="function")]
PriceImportDep = Annotated[PriceImport, Depends(get_price_import, scope="function")]
PriceServiceDep = Annotated[PriceService, Depends(get_price_service)]
MissingPricesDep = Annotated[MissingPrices, Depends(get_missing_prices)]
