"""Work that ends when its client leaves."""

from contextlib import AbstractAsyncContextManager

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.utils.background import running_beside


def while_connected(receive: Receive) -> AbstractAsyncContextManager[None]:
    """Cancel the body of an `async with` as soon as the client is gone.

    The request's own body must have been read.

    Raises:
        ClientDisconnect: the client left before the body ended.
    """
    return running_beside(_until_gone(receive))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
