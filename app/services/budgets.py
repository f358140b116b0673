"""Budgets, as far as somebody may see them."""

from app.core.errors import InvalidRequestError, NotFoundError
from app.db.repositories.people import People
from app.db.repositories.scope_sight import ScopeFilter
from app.models.budgets import BudgetRow, EventRow
from app.services.account_scopes import terms_in_sight
from app.services.budget_accounts import BudgetAccount, BudgetAccounts
from app.services.pages import require_start
from app.services.principals import Principal
from app.utils.paging import Cursor, Page, cut


class BudgetService:
    """Shows budgets to somebody, as far as they may see them."""

    def __init__(self, people: People, who: Principal, accounts: BudgetAccounts) -> None:
        """Take where budgets are, who looks at them, and what they have seen."""
        self._people = people
        self._sight = terms_in_sight(who)
        self._accounts = accounts

    async def fetch_budget(self, budget_id: str) -> BudgetAccount:
        """Return one budget, archived or not.

        Raises:
            NotFoundError: there is no such budget in sight.
        """
        return await self._accounts.open(await self.fetch_row(budget_id))

    async def fetch_row(self, budget_id: str) -> BudgetRow:
        """Return the terms of one budget, archived or not.

        Raises:
            NotFoundError: there is no such budget in sight.
        """
        row = await self._people.budgets.get_in_sight(budget_id, self._sight)
        if row is None:
            raise NotFoundError(
                "There is no such budget that you may see. `GET /v1/budgets` lists them."
            )
        return row

    async def list_page(self, cursor: Cursor, wanted: ScopeFilter) -> Page[BudgetAccount]:
        """Return budgets that bind somebody, newest first: those of the scopes that are wanted.

        Raises:
            InvalidRequestError: the page begins after something that is no budget's id.
        """
        require_start(cursor, "budget")
        found = await self._people.budgets.list_after(cursor, self._sight, wanted)
        page = cut(found, cursor)
        return Page([await self._accounts.open(row) for row in page.items], page.has_more)

    async def list_events(self, budget_id: str, cursor: Cursor) -> Page[EventRow]:
        """Return what happened to one budget, newest first.

        Raises:
            NotFoundError: there is no such budget in sight.
            InvalidRequestError: the page begins after something that is no event of it.
        """
        await self.fetch_row(budget_id)
        events, after = self._people.events, None
        if cursor.after is not None:
            after = await events.get(cursor.after, object_id=budget_id)
            if after is None:
                raise InvalidRequestError(
                    "`after` must be the id of an event of this budget, such as the `last_id` of a "
                    "page.",
                    param="after",
                )
        found = await events.list_after(after, object_id=budget_id, limit=cursor.limit + 1)
        return cut(found, cursor)
