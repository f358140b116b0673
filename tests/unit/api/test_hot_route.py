"""A route that skips FastAPI's work for good requests answers as FastAPI does."""

from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.testclient import TestClient
from pydantic import BaseModel

from app.api.dependencies.hot_route import HotRoute
from app.api.dependencies.permissions import PUBLIC, PermittedRoute
from app.api.dependencies.plain_json import read_plain
from app.api.dependencies.prepared import Prepared
from app.core.errors import InvalidRequestError


class Body(BaseModel):
    name: str
    size: int = 3


calls = list[str]()


async def base(request: Request) -> str:
    calls.append("base")
    return request.url.path


async def left(path: Annotated[str, Depends(base)]) -> str:
    return f"left of {path}"


async def right(path: Annotated[str, Depends(base)], request: Request) -> str:
    return f"right of {path} by {request.method}"


async def endpoint(
    body: Body, a: Annotated[str, Depends(left)], b: Annotated[str, Depends(right)]
) -> Response:
    return Response(f"{body.name} {body.size}, {a}, {b}")


def app_of(route_class: type[PermittedRoute]) -> FastAPI:
    app = FastAPI()
    router = APIRouter(route_class=route_class, dependencies=[PUBLIC])
    router.post("/hot")(endpoint)
    app.router.routes.extend(router.routes)

    @app.middleware("http")
    async def with_state(request: Request, call_next: Any) -> Response:
        request.scope.setdefault("state", {})
        response: Response = await call_next(request)
        return response

    return app


class HotForEverybody(HotRoute):
    pass


@pytest.fixture(params=[HotForEverybody, PermittedRoute])
def client(request: pytest.FixtureRequest) -> TestClient:
    return TestClient(app_of(request.param))


def test_values_come_from_body_and_dependencies_each_asked_once(client: TestClient) -> None:
    calls.clear()

    answer = client.post("/hot", json={"name": "x"})

    assert answer.text == "x 3, left of /hot, right of /hot by POST"
    assert calls == ["base"]


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {}},
        {"json": {"name": 7}},
        {"content": b"{", "headers": {"content-type": "application/json"}},
        {"content": b'{"name": "x"}', "headers": {"content-type": "text/plain"}},
        {"content": b'{"name": "x"}'},
        {},
    ],
)
def test_what_is_not_good_gets_fastapis_own_errors(sent: dict[str, Any]) -> None:
    hot, plain = (
        TestClient(app_of(kind)).post("/hot", **sent) for kind in (HotRoute, PermittedRoute)
    )

    assert hot.status_code == 422
    assert (hot.status_code, hot.json()) == (plain.status_code, plain.json())


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_a_media_type_may_have_parameters_and_any_case(client: TestClient, kind: str) -> None:
    answer = client.post("/hot", content=b'{"name": "x"}', headers={"content-type": kind})

    assert answer.status_code == 200


async def with_header(x: Annotated[str, Header()]) -> str:
    return x


async def with_response(response: Response) -> Response:
    return response


def synchronous() -> str:
    return "x"


@pytest.mark.parametrize("dependency", [with_header, with_response, synchronous])
def test_a_dependency_that_only_fastapi_can_solve_is_refused_at_once(dependency: Any) -> None:
    async def wants(body: Body, value: Annotated[Any, Depends(dependency)]) -> Response:
        return Response(f"{body} {value}")

    router = APIRouter(route_class=HotRoute, dependencies=[PUBLIC])

    with pytest.raises(TypeError, match=r"only FastAPI|coroutine"):
        router.post("/hot")(wants)


def test_a_route_without_a_form_is_no_hot_one() -> None:
    async def without_body() -> Response:
        return Response()

    with pytest.raises(TypeError, match="one body"):
        HotRoute("/hot", without_body, methods=["POST"], dependencies=[PUBLIC])


def test_what_is_prepared_names_the_function() -> None:
    route = PermittedRoute("/hot", endpoint, methods=["POST"], dependencies=[PUBLIC])

    assert Prepared(route.dependant)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "[Infinity]", "[[1, -Infinity]]"])
def test_numbers_that_are_not_finite_are_refused(number: str) -> None:
    with pytest.raises(InvalidRequestError, match=r"`a[.0-9]*` must be a finite number"):
        read_plain(f'{{"a": {number}}}'.encode())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b'"\\ud800"', "\ud800"),
        (b"\xef\xbb\xbf[1.5]", [1.5]),
        (b"[" * 300 + b"]" * 300, None),
    ],
)
def test_plain_json_is_read_as_the_standard_library_does(text: bytes, value: object) -> None:
    read = read_plain(text)

    assert value is None or read == value
