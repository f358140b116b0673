"""Is it alive, is it ready, how is it doing; and the API reference."""

from fastapi import APIRouter
from starlette.responses import Response

from app import __version__
from app.api.dependencies.container import ContainerDep
from app.api.dependencies.permissions import LOCAL_OR_MANAGE, PUBLIC, PermittedRoute
from app.api.ops import reference
from app.api.ops.schemas import Health, Readiness, ReadyUpstream
from app.core.telemetry import CONTENT_TYPE

router = APIRouter(tags=["operations"], route_class=PermittedRoute)
routers = (router, reference.router)


@router.head("/health", dependencies=[PUBLIC], include_in_schema=False)
@router.get("/health", dependencies=[PUBLIC])
async def check_health() -> Health:
    """Say that the process is alive. Needs no key and asks nothing else."""
    return Health(status="ok")


@router.head("/ready", dependencies=[PUBLIC], include_in_schema=False)
@router.get("/ready", dependencies=[PUBLIC])
async def check_readiness(container: ContainerDep) -> Readiness:
    """Say whether calls are taken, and by whom they are answered. Needs no key.

    A gateway that is stopping says 503 from the first moment on.
    """
    container.inference.front_door.ensure_open()
    upstreams = [
        ReadyUpstream(name=name, kind=upstream.kind, simulated=upstream.simulated)
        for name, upstream in container.gateway.upstreams.items()
    ]
    return Readiness(
        status="ready",
        version=__version__,
        simulated=any(upstream.simulated for upstream in upstreams),
        demo=container.is_demo,
        upstreams=upstreams,
    )


@router.get(
    "/metrics",
    dependencies=[LOCAL_OR_MANAGE],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def read_metrics(container: ContainerDep) -> Response:
    """Show counters and timings in Prometheus's text format.

    Open on the gateway's own machine; from elsewhere it needs a key with the scope `manage`.
    """
    container.metrics.show_upstreams(container.upstreams.samples())
    return Response(container.metrics.exposition(), media_type=CONTENT_TYPE)
