"""The container of long-lived objects, as a dependency."""

from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.types import Scope

from app.core.errors import NotReadyError
from app.services.container import Container


def find_container(scope: Scope) -> Container | None:
    """Return what the lifespan opened, or None where no lifespan has run."""
    return cast("Container | None", scope.get("state", {}).get("container"))


async def get_container(connection: HTTPConnection) -> Container:
    """Return what the lifespan opened.

    Raises:
        NotReadyError: the application is starting, stopping, or was never started.
    """
    container = find_container(connection.scope)
    if container is None:
        raise NotReadyError("The gateway is not ready yet. Try again soon.", retry_after_seconds=1)
    return container


ContainerDep = Annotated[Container, Depends(get_container)]
