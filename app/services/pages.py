"""Where a page of a list may begin."""

from app.core.errors import InvalidRequestError
from app.core.ids import is_id
from app.utils.paging import Cursor


def require_start(cursor: Cursor, prefix: str) -> Cursor:
    """Return a cursor that begins at the start of a list, or after an id of the right kind.

    Raises:
        InvalidRequestError: it begins after something else.
    """
    if cursor.after is not None and not is_id(cursor.after, prefix):
        raise InvalidRequestError(
            f"`after` must be an id (`{prefix}_...`), such as the `last_id` of a page.",
            param="after",
        )
    return cursor
