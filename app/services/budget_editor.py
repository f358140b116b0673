"""Creates, changes and archives budgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict

from app.core.clock import Clock, epoch_ms
from app.core.errors import ConflictError
from app.core.ids import new_id
from app.core.money import usd_of
from app.db.repositories.people import People
from app.models.budgets import BudgetRow
from app.services.access import require_admin
from app.services.account_scopes import AccountScopes
from app.services.admission.scopes import ScopeKind
from app.services.admission.terms import Period
from app.services.audit_trail import Action, AuditTrail
from app.services.budget_accounts import BudgetAccount, BudgetAccounts
from app.services.budgets import BudgetService

MAX_PER_SCOPE: Final = 20  # each is looked at for every call


class BudgetTerms(TypedDict, total=False):
    """What can change about a budget. What is left out stays as it is."""

    cap_nusd: int
    is_hard: bool
    alert_percents: list[int]
    unknown_hold_nusd: int | None


@dataclass(frozen=True, slots=True)
class BudgetWish:
    """What is asked for in a new budget, with all of its terms."""

    scope: ScopeKind
    scope_id: str | None
    period: Period
    time_zone: str
    terms: BudgetTerms


class BudgetEditor:
    """Creates, changes and archives budgets inside the caller's transaction. Only admins may."""

    def __init__(
        self, people: People, trail: AuditTrail, clock: Clock, accounts: BudgetAccounts
    ) -> None:
        """Take where budgets are, who changes them, the time, and what they have seen."""
        self._budgets = people.budgets
        self._scopes = AccountScopes(people, trail.who)
        self._shown = BudgetService(people, trail.who, accounts)
        self._trail = trail
        self._clock = clock
        self._accounts = accounts

    async def create(self, wish: BudgetWish) -> BudgetAccount:
        """Create a budget. What its scope has cost before does not count.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such team, user or key.
            ConflictError: the scope has very many already.
            InvalidRequestError: the instance has an id, or another scope has none.
        """
        require_admin(self._trail.who, to="create budgets")
        scope = await self._scopes.find(wish.scope, wish.scope_id)
        if len(await self._budgets.list_binding([scope])) >= MAX_PER_SCOPE:
            raise ConflictError(
                f"There are {MAX_PER_SCOPE} budgets of this scope already. Archive one first: "
                "`DELETE /v1/budgets/{budget_id}`.",
                param="scope_id",
            )
        row = BudgetRow(
            id=new_id("budget"),
            scope=scope.kind.value,
            scope_id=scope.id,
            period=wish.period.value,
            time_zone=wish.time_zone,
            created_at_ms=epoch_ms(self._clock.now()),
            archived_at_ms=None,
            **wish.terms,
        )
        await self._budgets.add(row)
        await self._record(Action.BUDGET_CREATE, row, after=_all_facts(row))
        return await self._accounts.open(row)

    async def update(self, budget_id: str, terms: BudgetTerms) -> BudgetAccount:
        """Change the terms of a budget, from now on: what was let in is let in.

        Raises:
            NotFoundError: there is no such budget in sight.
            ForbiddenError: the caller is no admin.
            ConflictError: it is archived.
        """
        row = await self._require(budget_id, to="change budgets")
        if row.archived_at_ms is not None:
            raise ConflictError(
                "This budget is archived and binds nobody. Create another: `POST /v1/budgets`."
            )
        after = {name: value for name, value in terms.items() if value != getattr(row, name)}
        before = {name: getattr(row, name) for name in after}
        if after:
            for name, value in after.items():
                setattr(row, name, value)
            await self._record(Action.BUDGET_UPDATE, row, _facts(before), _facts(after))
        return await self._accounts.open(row)

    async def archive(self, budget_id: str) -> None:
        """Let a budget bind nobody any more. What it saw stays. Twice changes nothing.

        Raises:
            NotFoundError: there is no such budget in sight.
            ForbiddenError: the caller is no admin.
        """
        row = await self._require(budget_id, to="archive budgets")
        if row.archived_at_ms is None:
            row.archived_at_ms = epoch_ms(self._clock.now())
            await self._record(Action.BUDGET_ARCHIVE, row, before=_all_facts(row))

    async def _require(self, budget_id: str, *, to: str) -> BudgetRow:
        row = await self._shown.fetch_row(budget_id)
        require_admin(self._trail.who, to=to)
        return row

    async def _record(
        self,
        action: Action,
        row: BudgetRow,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        team_id = row.scope_id if row.scope == ScopeKind.TEAM else None
        await self._trail.record(action, row.id, team_id=team_id, before=before, after=after)


def _all_facts(row: BudgetRow) -> dict[str, Any]:
    names = BudgetTerms.__annotations__
    return {
        "scope": row.scope,
        "scope_id": row.scope_id or None,
        "period": row.period,
        "time_zone": row.time_zone,
        **_facts({name: getattr(row, name) for name in names}),
    }


def _facts(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return terms as the wire names them."""
    return dict(_fact(name, value) for name, value in terms.items())


def _fact(name: str, value: Any) -> tuple[str, Any]:
    match name:
        case "cap_nusd":
            return "cap_usd", usd_of(value)
        case "is_hard":
            return "mode", "hard" if value else "soft"
        case "unknown_hold_nusd":
            return "unknown_price", None if value is None else {"hold_usd": usd_of(value)}
        case _:
            return name, value
