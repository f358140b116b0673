"""Which page of a list the caller wants."""

from typing import Annotated

from fastapi import Depends, Query

from app.utils.paging import Cursor


async def get_cursor(
    limit: Annotated[int, Query(ge=1, le=100, description="How many items at most.")] = 20,
    after: Annotated[
        str | None, Query(description="Continue after this id: the `last_id` of the page before.")
    ] = None,
) -> Cursor:
    """Read the page that is wanted from the query."""
    return Cursor(limit=limit, after=after)


CursorDep = Annotated[Cursor, Depends(get_cursor)]
