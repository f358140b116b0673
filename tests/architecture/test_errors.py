"""Errors are named, typed and answered in one form."""

import ast
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.api.errors import OUTCOMES, ErrorBody, outcome_of
from app.core.errors import AppError
from app.main import app
from tests.architecture import rules
from tests.architecture.source import modules

INTERNAL = 500
MEANT_AS_INTERNAL = {"ConfigurationError"}  # stops the start; no request meets it


def every_error(kind: type[AppError] = AppError) -> Iterator[type[AppError]]:
    for child in kind.__subclasses__():
        yield child
        yield from every_error(child)


@pytest.mark.keeps(rules.TYPED_ERRORS)
def test_every_error_has_a_status() -> None:
    internal = {
        kind.__name__
        for kind in every_error()
        if outcome_of(kind.__new__(kind)).status == INTERNAL
        and kind.__module__ == AppError.__module__
    }

    assert internal == MEANT_AS_INTERNAL
    assert set(OUTCOMES) <= {AppError, *every_error()}


@pytest.mark.keeps(rules.TYPED_ERRORS)
def test_error_codes_are_unique() -> None:
    codes = [kind.code for kind in {AppError, *every_error()}]

    assert sorted(codes) == sorted(set(codes))


@pytest.mark.keeps(rules.TYPED_ERRORS)
def test_errors_live_in_one_module() -> None:
    homes = {kind.__module__ for kind in every_error() if kind.__module__.startswith("app.")}

    assert homes == {AppError.__module__}


@pytest.mark.keeps(rules.JSON_ERRORS)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing-here", 404),
        ("GET", "/nothing-here", 404),
        ("PUT", "/v1/chat/completions", 405),
        ("POST", "/health", 405),
    ],
)
def test_what_the_framework_refuses_is_answered_in_our_form(
    method: str, path: str, status: int
) -> None:
    answer = TestClient(app).request(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert ErrorBody.model_validate_json(answer.content).error.message


@pytest.mark.keeps(rules.JSON_ERRORS)
def test_nothing_raises_an_http_exception() -> None:
    raisers = {
        module.name
        for module in modules("app")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Raise) and node.exc and "HTTPException" in ast.unparse(node.exc)
    }

    assert raisers == set()


def test_no_middleware_stands_between_a_stream_and_its_disconnect() -> None:
    assert {m.name for m in modules("app") if "BaseHTTPMiddleware" in m.text} == set()
