"""Services about upstreams and the way of calls, as routes ask for them."""

from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import Depends

from app.api.dependencies.container import ContainerDep
from app.api.dependencies.people import ChangeDep, PeopleDep
from app.api.dependencies.permissions import AdminDep, ManagerDep
from app.services.routing.explain import Explainer
from app.services.routing.plan import Planner
from app.services.routing.questions import RoutingGuide
from app.services.routing.upstream_editor import UpstreamEditor
from app.services.routing.upstream_views import UpstreamViews


async def get_upstream_views(admin: AdminDep, container: ContainerDep) -> UpstreamViews:
    """Return what shows upstreams."""
    del admin
    return container.upstreams


async def get_routing_guide(
    people: PeopleDep, manager: ManagerDep, container: ContainerDep
) -> RoutingGuide:
    """Build what tells where calls would go."""
    health, entrances = container.health, container.entrances
    explainer = Explainer(
        container.router, Planner(health, entrances), container.upstreams, entrances
    )
    return RoutingGuide(explainer, people.keys, manager)


async def undo_what_is_not_kept(upstream: str, container: ContainerDep) -> AsyncGenerator[None]:
    """Put an upstream back as it was if the change is not written down: this begins before it."""
    is_known = upstream in container.entrances.names()
    entrance = container.entrances.of(upstream) if is_known else None
    was_drained = entrance is not None and entrance.is_drained
    try:
        yield
    except BaseException:
        if entrance is not None:
            entrance.is_drained = was_drained
        raise


_Undo = Annotated[None, Depends(undo_what_is_not_kept, scope="function")]


async def get_upstream_editor(
    _: _Undo, change: ChangeDep, container: ContainerDep
) -> UpstreamEditor:
    """Build what drains and restores upstreams."""
    return UpstreamEditor(container.upstreams, container.health, container.entrances, change.trail)


RoutingGuideDep = Annotated[RoutingGuide, Depends(get_routing_guide)]
UpstreamViewsDep = Annotated[UpstreamViews, Depends(get_upstream_views)]
UpstreamEditorDep = Annotated[UpstreamEditor, Depends(get_upstream_editor, scope="function")]
