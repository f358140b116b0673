"""What models cost, and who says so."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from app.api.dependencies.exact_numbers import ExactRoute
from app.api.dependencies.known_queries import KNOWN_QUERY
from app.api.dependencies.paging import CursorDep
from app.api.dependencies.prices import (
    MissingPricesDep,
    PriceEditorDep,
    PriceImportDep,
    PriceServiceDep,
)
from app.api.v1.schemas.prices import (
    GivenPrices,
    MissingPriceList,
    PriceCreate,
    PriceImportIn,
    PriceImportOut,
    PriceList,
    PriceOut,
)

router = APIRouter(
    prefix="/v1/admin/prices", tags=["prices"], route_class=ExactRoute, dependencies=[KNOWN_QUERY]
)


@router.post("", status_code=status.HTTP_201_CREATED)
async def set_price(body: PriceCreate, prices: PriceEditorDep) -> PriceOut:
    """Set what a model costs from a moment on, in the place of what was set before.

    Calls keep the price that they had. What `meterhouse.toml` says of a model goes first.
    """
    return PriceOut.of(await prices.create(body.to_wish(body.valid_from)))


@router.get("")
async def list_prices(
    prices: PriceServiceDep,
    cursor: CursorDep,
    *,
    with_history: Annotated[bool, Query(description="Those that are over, too.")] = False,
) -> PriceList:
    """List prices that were set here, newest first. Only admins may."""
    return PriceList.of(await prices.list_page(cursor, with_history=with_history))


@router.get("/given")
async def list_given_prices(prices: PriceServiceDep) -> GivenPrices:
    """List what `meterhouse.toml` says, and what upstreams say as far as it is known by now."""
    return GivenPrices.of(prices.list_given())


@router.get("/missing")
async def list_missing_prices(prices: MissingPricesDep) -> MissingPriceList:
    """List models without a price: those called in the last 30 days, and those that can be."""
    return MissingPriceList.of(await prices.find())


@router.post("/import")
async def import_prices(body: PriceImportIn, prices: PriceImportDep) -> PriceImportOut:
    """Take over a part of somebody's list. What was set by hand stays; repeating it is harmless."""
    wishes = [one.to_wish() for one in body.prices]
    return PriceImportOut.of(await prices.take(body.source, wishes))


@router.delete("/{price_id}", status_code=status.HTTP_204_NO_CONTENT)
async def end_price(price_id: str, prices: PriceEditorDep) -> None:
    """End a price now. One that has not begun is as if it had never been set."""
    await prices.delete(price_id)
