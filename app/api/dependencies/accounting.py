"""Services about budgets and limits, as routes ask for them."""

from typing import Annotated

from fastapi import Depends, Query

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep, PeopleDep
from app.api.dependencies.permissions import CallerDep, ManagerDep
from app.db.repositories.scope_sight import ScopeFilter
from app.services.admission.scopes import ScopeKind
from app.services.budget_accounts import BudgetAccounts
from app.services.budget_editor import BudgetEditor
from app.services.budgets import BudgetService
from app.services.identity import IdentityService
from app.services.limits import LimitEditor, LimitService


async def get_budget_service(
    people: PeopleDep, manager: ManagerDep, container: ContainerDep
) -> BudgetService:
    """Build what shows budgets to the caller."""
    accounts = BudgetAccounts(people.budgets, container.admission, container.clock)
    return BudgetService(people, manager, accounts)


async def get_budget_editor(change: ChangeDep, container: ContainerDep) -> BudgetEditor:
    """Build what changes budgets."""
    accounts = BudgetAccounts(change.people.budgets, container.admission, container.clock)
    return BudgetEditor(change.people, change.trail, container.clock, accounts)


async def get_limit_service(people: PeopleDep, manager: ManagerDep) -> LimitService:
    """Build what shows limits to the caller."""
    return LimitService(people, manager)


async def get_limit_editor(change: ChangeDep, container: ContainerDep) -> LimitEditor:
    """Build what changes limits."""
    return LimitEditor(change.people, change.trail, container.clock)


async def get_identity_service(
    people: PeopleDep, caller: CallerDep, container: ContainerDep
) -> IdentityService:
    """Build what tells callers who they are, and what binds them."""
    accounts = BudgetAccounts(people.budgets, container.admission, container.clock)
    return IdentityService(people, caller, accounts)


async def get_scope_filter(
    scope: Annotated[ScopeKind | None, Query(description="Only those of this kind.")] = None,
    scope_id: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=64,
            description="Only those of this team, user, or key, named by its `lineage_id`.",
        ),
    ] = None,
) -> ScopeFilter:
    """Read from the query whose budgets or limits are wanted."""
    return ScopeFilter(None if scope is None else scope.value, scope_id)


ScopeFilterDep = Annotated[ScopeFilter, Depends(get_scope_filter)]
BudgetServiceDep = Annotated[BudgetService, Depends(get_budget_service)]
BudgetEditorDep = Annotated[BudgetEditor, Depends(get_budget_editor, scope="function")]
LimitServiceDep = Annotated[LimitService, Depends(get_limit_service)]
LimitEditorDep = Annotated[LimitEditor, Depends(get_limit_editor, scope="function")]
IdentityServiceDep = Annotated[IdentityService, Depends(get_identity_service)]
