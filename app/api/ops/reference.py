"""The API reference: Swagger UI from a Python package, so that it works offline.

Of the package only two static files are used; its code never runs.
"""

from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles

from app.api.dependencies.container import find_container
from app.api.dependencies.permissions import LOCAL_OR_MANAGE, PUBLIC, PermittedRoute
from app.core.errors import NotFoundError

_PAGE: Final = Path(__file__).parents[2] / "static" / "reference.html"
_SWAGGER_UI: Final = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
}

router = APIRouter(include_in_schema=False, route_class=PermittedRoute)


async def get_swagger_files() -> StaticFiles:
    """Find the package's files, wherever it is installed."""
    return StaticFiles(packages=[("fastapi_offline", "static")])


SwaggerFilesDep = Annotated[StaticFiles, Depends(get_swagger_files)]


@router.get("/openapi.json", dependencies=[LOCAL_OR_MANAGE])
async def read_openapi(request: Request) -> JSONResponse:
    """Show the OpenAPI description of every route, at the address that callers use."""
    description: dict[str, Any] = request.app.openapi()
    container = find_container(request.scope)
    address = (container.settings.public_url if container else None) or "/"
    return JSONResponse({**description, "servers": [{"url": address}]})


@router.head("/docs", dependencies=[LOCAL_OR_MANAGE])
@router.get("/docs", dependencies=[LOCAL_OR_MANAGE])
async def show_reference() -> FileResponse:
    """Show the API reference, a page for browsers."""
    return FileResponse(_PAGE, media_type="text/html")


@router.get("/docs/assets/{name}", dependencies=[PUBLIC])
async def read_swagger_ui(name: str, request: Request, files: SwaggerFilesDep) -> Response:
    """Serve the two files of Swagger UI that the reference needs."""
    if name not in _SWAGGER_UI:
        raise NotFoundError(f"There is no asset {name[:100]!r}.")
    response = await files.get_response(name, request.scope)
    response.headers["cache-control"] = "no-cache"  # asked again by ETag, so never stale
    response.headers["content-type"] = _SWAGGER_UI[name]
    return response
