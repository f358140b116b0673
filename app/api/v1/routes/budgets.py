"""Budgets, and what an admin does with them."""

from fastapi import APIRouter, status

from app.api.dependencies.accounting import BudgetEditorDep, BudgetServiceDep, ScopeFilterDep
from app.api.dependencies.exact_numbers import ExactRoute
from app.api.dependencies.known_queries import KNOWN_QUERY
from app.api.dependencies.paging import CursorDep
from app.api.v1.schemas.budgets import (
    BudgetCreate,
    BudgetEventList,
    BudgetList,
    BudgetOut,
    BudgetUpdate,
)

router = APIRouter(
    prefix="/v1/budgets",
    tags=["budgets and limits"],
    route_class=ExactRoute,
    dependencies=[KNOWN_QUERY],
)


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_budget(body: BudgetCreate, budgets: BudgetEditorDep) -> BudgetOut:
    """Create a budget. Only admins may. What was spent before does not count.

    A scope may have several: a call must fit all budgets of its key, user, team and instance.
    """
    return BudgetOut.of(await budgets.create(body.to_wish()))


@router.get("")
async def list_budgets(
    budgets: BudgetServiceDep, cursor: CursorDep, wanted: ScopeFilterDep
) -> BudgetList:
    """List budgets that bind, newest first, with what is left of them.

    You see your own, those of your teams, and of keys that you see; admins see all.
    """
    return BudgetList.of(await budgets.list_page(cursor, wanted))


@router.get("/{budget_id}")
async def get_budget(budget_id: str, budgets: BudgetServiceDep) -> BudgetOut:
    """Show one budget; an archived one as it was in the end."""
    return BudgetOut.of(await budgets.fetch_budget(budget_id))


@router.patch("/{budget_id}")
async def update_budget(budget_id: str, body: BudgetUpdate, budgets: BudgetEditorDep) -> BudgetOut:
    """Change the terms of a budget. Only admins may.

    Calls that are under way go on, so a cap that is lowered below what they hold is exceeded:
    that is recorded as overshoot.
    """
    return BudgetOut.of(await budgets.update(budget_id, body.to_terms()))


@router.delete("/{budget_id}", status_code=status.HTTP_204_NO_CONTENT)
async def archive_budget(budget_id: str, budgets: BudgetEditorDep) -> None:
    """Archive a budget: it binds nobody any more, and its history stays. Only admins may."""
    await budgets.archive(budget_id)


@router.get("/{budget_id}/events")
async def list_budget_events(
    budget_id: str, budgets: BudgetServiceDep, cursor: CursorDep
) -> BudgetEventList:
    """List what happened to a budget, newest first: alerts, and what exceeded its cap."""
    return BudgetEventList.of(await budgets.list_events(budget_id, cursor))
