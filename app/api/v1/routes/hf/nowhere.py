"""URLs that name no task, and are asked for one by clients with too short a `base_url`."""

from fastapi import APIRouter, Request, Response

from app.api.dependencies.permissions import PermittedRoute, PrincipalDep
from app.api.v1.translate.tasks import to_nowhere

router = APIRouter(route_class=PermittedRoute)


@router.post("/", include_in_schema=False)
@router.post("/v1", include_in_schema=False)
async def refuse_task_of_no_name(request: Request, principal: PrincipalDep) -> Response:
    """Say which URL to use."""
    del principal
    raise to_nowhere(request)
