"""Nothing is served that does not say who may use it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from app.api.dependencies.permissions import (
    PUBLIC,
    ManagerDep,
    Permission,
    PermittedRoute,
    PrincipalDep,
    permission_of,
)
from app.main import app

# Whoever makes a route public says so here too.
PUBLIC_PATHS = {
    *("/", "/static/{path:path}", "/docs/assets/{name}", "/health", "/ready"),
    "/v1/session",  # to sign in; what else is done with it needs a session
}
LOCAL_PATHS = {"/docs", "/openapi.json", "/metrics"}


def every_route(application: FastAPI) -> Iterator[tuple[str, BaseRoute]]:
    """Yield all that an application can answer with: included routers, mounts, fallbacks."""
    for context in iter_route_contexts(application.routes):
        yield context.path or repr(context.original_route), context.original_route
    router: Any = application.router
    for route in router._iter_low_priority_routes():
        yield repr(route), getattr(route, "original_route", route)


def undeclared(application: FastAPI) -> set[str]:
    return {
        path for path, route in every_route(application) if not isinstance(route, PermittedRoute)
    }


def paths_with(permission: Permission) -> set[str]:
    return {
        path
        for path, route in every_route(app)
        if isinstance(route, APIRoute) and permission_of(route) is permission
    }


def test_every_route_declares_a_permission() -> None:
    assert undeclared(app) == set()
    assert len({path for path, _ in every_route(app)}) >= 10  # or we look at the wrong thing


def test_what_is_open_is_written_down_here() -> None:
    assert paths_with(Permission.PUBLIC) == PUBLIC_PATHS
    assert paths_with(Permission.LOCAL_OR_MANAGE) == LOCAL_PATHS


def test_calls_need_the_scope_inference() -> None:
    assert paths_with(Permission.INFERENCE) >= {"/v1/chat/completions", "/v1/models"}


async def answer() -> PlainTextResponse:
    return PlainTextResponse("")


def with_a_plain_route(application: FastAPI, folder: Path) -> None:
    del folder
    application.get("/found")(answer)


def with_an_included_one(application: FastAPI, folder: Path) -> None:
    del folder
    inner, outer = APIRouter(), APIRouter(prefix="/fou")
    inner.get("nd", dependencies=[PUBLIC])(answer)  # declared, but by a route that checks nothing
    outer.include_router(inner)
    application.include_router(outer)


def with_a_mount(application: FastAPI, folder: Path) -> None:
    application.mount("/found", StaticFiles(directory=folder))


def with_pages_of_a_frontend(application: FastAPI, folder: Path) -> None:
    application.frontend("/found", directory=folder)


def with_a_socket(application: FastAPI, folder: Path) -> None:
    del folder
    application.websocket("/found")(answer)


def with_the_frameworks_own_reference(application: FastAPI, folder: Path) -> None:
    del folder
    application.openapi_url = "/found"
    application.setup()


@pytest.mark.parametrize(
    "adding",
    [
        with_a_plain_route,
        with_an_included_one,
        with_a_mount,
        with_pages_of_a_frontend,
        with_a_socket,
        with_the_frameworks_own_reference,
    ],
)
def test_a_route_of_any_kind_is_found(adding: Any, tmp_path: Path) -> None:
    application = FastAPI(openapi_url=None)
    assert undeclared(application) == set()

    adding(application, tmp_path)

    assert any("found" in path or "Frontend" in path for path in undeclared(application))


class TestARouteThatChecks:
    def test_cannot_be_made_without_a_permission(self) -> None:
        with pytest.raises(TypeError, match=r"/x must declare one permission, not \[\]"):
            PermittedRoute("/x", answer)

    def test_cannot_be_made_with_two(self) -> None:
        async def needs_both(caller: PrincipalDep, manager: ManagerDep) -> None:
            """Ask for two things at once."""

        with pytest.raises(TypeError, match=r"inference.*manage"):
            PermittedRoute("/x", needs_both)

    def test_finds_the_permission_that_a_service_asks_for(self) -> None:
        async def service(_: ManagerDep) -> int:
            return 1

        async def needs_service(found: Annotated[int, Depends(service)]) -> None:
            """Ask for something that asks for a manager."""

        assert permission_of(PermittedRoute("/x", needs_service)) is Permission.MANAGE
