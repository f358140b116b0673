"""How upstreams do, and which of them get no new calls."""

from fastapi import APIRouter

from app.api.dependencies.permissions import PermittedRoute
from app.api.dependencies.routing import UpstreamEditorDep, UpstreamViewsDep
from app.api.v1.schemas.upstreams import UpstreamList, UpstreamOut

router = APIRouter(prefix="/v1/admin/upstreams", tags=["routing"], route_class=PermittedRoute)


@router.get("")
async def list_upstreams(upstreams: UpstreamViewsDep) -> UpstreamList:
    """List upstreams with their health, as this process has seen it since it was started."""
    return UpstreamList.of(upstreams.list_all())


@router.get("/{upstream}")
async def read_upstream(upstream: str, upstreams: UpstreamViewsDep) -> UpstreamOut:
    """Show one upstream with its health. It is not asked for that."""
    return UpstreamOut.of(upstreams.require(upstream))


@router.post("/{upstream}/drain")
async def drain_upstream(upstream: str, upstreams: UpstreamEditorDep) -> UpstreamOut:
    """Let no new call go to an upstream; those that run go on.

    It lasts until it is restored, or until this process ends: it is not stored.
    """
    return UpstreamOut.of(await upstreams.drain(upstream))


@router.post("/{upstream}/restore")
async def restore_upstream(upstream: str, upstreams: UpstreamEditorDep) -> UpstreamOut:
    """Let calls go to an upstream again, and forget its breakers and what it is left alone for."""
    return UpstreamOut.of(await upstreams.restore(upstream))
