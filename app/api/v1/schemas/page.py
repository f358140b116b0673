"""Lists on the wire, page by page: the one form of all of them."""

from collections.abc import Callable
from typing import Generic, Literal, Self, TypeVar

from pydantic import BaseModel

from app.utils.paging import Page

ItemOut = TypeVar("ItemOut", bound=BaseModel)
Item = TypeVar("Item")


class PageOut(BaseModel, Generic[ItemOut]):
    """One page of a list. The next one begins after `last_id`."""

    object: Literal["list"]
    data: list[ItemOut]
    has_more: bool
    first_id: str | None
    last_id: str | None

    @classmethod
    def build(
        cls,
        page: Page[Item],
        form: Callable[[Item], ItemOut],
        id_of: Callable[[ItemOut], str | None],
    ) -> Self:
        """Put each item of a page into its form."""
        data = [form(item) for item in page.items]
        return cls(
            object="list",
            data=data,
            has_more=page.has_more,
            first_id=id_of(data[0]) if data else None,
            last_id=id_of(data[-1]) if data else None,
        )
