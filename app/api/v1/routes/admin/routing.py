"""Where calls go."""

from fastapi import APIRouter

from app.api.dependencies.permissions import PermittedRoute
from app.api.dependencies.routing import RoutingGuideDep
from app.api.v1.schemas.routing import ExplainIn, ExplainOut

router = APIRouter(prefix="/v1/admin/routing", tags=["routing"], route_class=PermittedRoute)


@router.post("/explain")
async def explain_route(body: ExplainIn, guide: RoutingGuideDep) -> ExplainOut:
    """Say where a call would go now, and why: whom it would ask, in which order.

    Nobody is asked for that, and nothing is counted. Where chance decides, the likeliest order is
    shown. Limits and budgets are not looked at.
    """
    asked = body.to_wondering()
    return ExplainOut.of(asked, await guide.explain(asked))
