"""All middleware, in its order."""

from fastapi import FastAPI

from app.api.middleware.access_log import AccessLog
from app.api.middleware.configured import Configured, cors, trusted_hosts, trusted_proxies
from app.api.middleware.failures import Failures
from app.api.middleware.http_metrics import HttpMetrics
from app.api.middleware.request_id import RequestId
from app.api.middleware.request_limits import RequestLimits
from app.api.middleware.security_headers import SecurityHeaders


def install(app: FastAPI) -> None:
    """Wrap an application in everything that each request passes, the innermost first.

    Nothing here holds a message back: streams pass as they come, and a disconnect is seen inside.
    """
    app.add_middleware(RequestLimits)
    app.add_middleware(Failures)
    app.add_middleware(Configured, build=cors)
    app.add_middleware(Configured, build=trusted_hosts)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HttpMetrics)
    app.add_middleware(AccessLog)
    app.add_middleware(Configured, build=trusted_proxies)
    app.add_middleware(RequestId)
