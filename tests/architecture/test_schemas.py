"""Every route says what it takes and what it gives."""

import inspect
import typing

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.responses import Response

from app.main import app
from tests.architecture import rules
from tests.architecture.served import Served, is_model, served
from tests.architecture.source import modules

ROUTES = list(served())
LISTED = [route for route in ROUTES if route.in_schema]
# Not in the API's description: pages for browsers, and the description itself.
PAGES = [
    route
    for route in ROUTES
    if not route.in_schema and route.endpoint not in {listed.endpoint for listed in LISTED}
]
NOT_FASTAPI_ROUTES = {"/static"}  # a folder of files


def named(routes: list[Served]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("route", routes, ids=[route.name for route in routes])


@pytest.mark.keeps(rules.RESPONSE_SCHEMA)
@named(LISTED)
def test_a_route_declares_its_response(route: Served) -> None:
    assert route.shows_a_response()


@pytest.mark.keeps(rules.REQUEST_SCHEMA)
@named(ROUTES)
def test_a_body_is_a_pydantic_model(route: Served) -> None:
    assert [part for part in route.body_types if not is_model(part)] == []


@pytest.mark.keeps(rules.NO_RAW_DICTS)
@named(ROUTES)
def test_a_route_returns_a_model_or_a_response(route: Served) -> None:
    returned = typing.get_type_hints(route.endpoint).get("return")

    assert returned is type(None) or (
        isinstance(returned, type) and issubclass(returned, BaseModel | Response)
    )


@named(PAGES)
def test_what_the_description_leaves_out_is_a_page_or_a_document(route: Served) -> None:
    returned = typing.get_type_hints(route.endpoint).get("return")

    assert isinstance(returned, type)
    assert issubclass(returned, Response)


@pytest.mark.keeps(rules.ASYNC_IO)
@named(ROUTES)
def test_a_route_is_a_coroutine(route: Served) -> None:
    assert inspect.iscoroutinefunction(route.endpoint)


@named(LISTED)
def test_a_route_is_explained_in_the_reference(route: Served) -> None:
    assert route.endpoint.__doc__


def test_every_way_in_is_a_fastapi_route() -> None:
    others = {
        context.path
        for context in iter_route_contexts(app.routes)
        if not isinstance(context.original_route, APIRoute)
    }

    assert others <= NOT_FASTAPI_ROUTES


@pytest.mark.keeps(rules.PYDANTIC)
def test_wire_forms_live_where_the_wire_is() -> None:
    strangers = {
        module.name
        for module in modules("app/services", "app/db", "app/models", "app/utils")
        if "pydantic.BaseModel" in module.imports()
    }

    assert strangers == set()
