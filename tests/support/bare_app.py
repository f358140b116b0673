"""An application of nothing but error handling and middleware, for routes that misbehave."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api import errors
from app.api.middleware import stack


def bare_app() -> FastAPI:
    """Return an application without routes, documentation or lifespan."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    errors.install(app)
    stack.install(app)
    return app


def client_of(app: FastAPI) -> TestClient:
    """Return a client that sees errors as a caller does, not as exceptions."""
    return TestClient(app, raise_server_exceptions=True, follow_redirects=False)
