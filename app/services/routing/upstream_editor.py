"""Keeps new calls away from an upstream, and lets them go there again."""

from typing import Any

from app.services.access import require_admin
from app.services.audit_trail import Action, AuditTrail
from app.services.routing.entrances import Entrances
from app.services.routing.health import Health
from app.services.routing.upstream_views import UpstreamView, UpstreamViews


class UpstreamEditor:
    """Drains and restores upstreams of this process. Only admins may, and it is written down."""

    def __init__(
        self, views: UpstreamViews, health: Health, entrances: Entrances, trail: AuditTrail
    ) -> None:
        """Take how upstreams do, what lies before them, and who steers them."""
        self._views = views
        self._health = health
        self._entrances = entrances
        self._trail = trail

    async def drain(self, name: str) -> UpstreamView:
        """Let no new call go to an upstream. Those that run there go on.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such upstream.
        """
        require_admin(self._trail.who, to="drain upstreams")
        before = self._views.require(name)
        if not before.is_drained:
            self._entrances.of(name).is_drained = True
            await self._note(Action.UPSTREAM_DRAIN, before)
        return self._views.require(name)

    async def restore(self, name: str) -> UpstreamView:
        """Let calls go to an upstream again, and forget what is known against it.

        Raises:
            ForbiddenError: the caller is no admin.
            NotFoundError: there is no such upstream.
        """
        require_admin(self._trail.who, to="restore upstreams")
        before = self._views.require(name)
        self._entrances.of(name).is_drained = False
        self._health.restore(name)
        if _facts(before) != _facts(self._views.require(name)):
            await self._note(Action.UPSTREAM_RESTORE, before)
        return self._views.require(name)

    async def _note(self, action: Action, before: UpstreamView) -> None:
        """Write a change down that is made. Whoever cannot keep the row makes it undone."""
        after = self._views.require(before.name)
        await self._trail.record(action, before.name, before=_facts(before), after=_facts(after))


def _facts(view: UpstreamView) -> dict[str, Any]:
    return {
        "is_drained": view.is_drained,
        "open_breakers": view.open_breakers,
        "paused_credentials": view.paused,
    }
