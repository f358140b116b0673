"""All middleware, in its order."""

from fastapi import FastAPI

from app.api.middleware.configured import Configured
from app.api.middleware.failures import Failures
from app.api.middleware.passage import Passage
from app.api.middleware.request_limits import RequestLimits


def install(app: FastAPI) -> None:
    """Wrap an application in everything that each request passes, the innermost first.

    Nothing here holds a message back: streams pass as they come, and a disconnect is seen inside.
    """
    app.add_middleware(RequestLimits)
    app.add_middleware(Failures)
    app.add_middleware(Configured)
    app.add_middleware(Passage)
