"""The web UI: its page, and the files that it is made of."""

import asyncio
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from app.api.dependencies.permissions import PUBLIC, PermittedRoute

_FOLDER: Final = Path(__file__).parents[2] / "static"
_TYPES: Final = {  # what a machine's own table says differs from machine to machine
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}

router = APIRouter(include_in_schema=False, route_class=PermittedRoute, dependencies=[PUBLIC])


def page_in(folder: Path) -> Path:
    """Return the page to show: the web UI's, where what it imports is there."""
    is_built = (folder / "vendor" / "built.json").is_file()
    return folder / ("index.html" if is_built else "unbuilt.html")


@router.head("/")
@router.get("/")
async def show_page() -> FileResponse:
    """Show the web UI; while its libraries are not built, who answers and how to build them."""
    return FileResponse(await asyncio.to_thread(page_in, _FOLDER), media_type="text/html")


@router.head("/static/{path:path}")
@router.get("/static/{path:path}")
async def read_file(path: str, request: Request) -> Response:
    """Serve a script, a style or an image of the pages."""
    files = StaticFiles(directory=_FOLDER, check_dir=False)
    response = await files.get_response(path, request.scope)
    response.headers["cache-control"] = "no-cache"  # asked again by ETag, so never stale
    kind = _TYPES.get(Path(path).suffix)
    if kind is not None and "content-type" in response.headers:
        response.headers["content-type"] = kind
    return response
