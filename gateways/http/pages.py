"""The API's page for people: Swagger UI from the installed package, nothing from another host."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from swagger_ui_bundle import swagger_ui_path

from gateways.http import openapi, problems
from gateways.http.answer import Answer

#: The files of the package that the page needs.
_ASSETS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"}

_PAGE: Final = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><title>汇流 Huiliu API</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><div id="page"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>
"""

#: Without validatorUrl the page would send the description to a host of Swagger's.
_START: Final = """SwaggerUIBundle({url: "/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"});
"""

router = APIRouter()


@router.get("/")
async def root(request: Request) -> Response:
    """People see the page; stock registry clients that knock here want an empty object."""
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/docs")
    return Answer({})


@router.get("/openapi.json")
async def description() -> Response:
    return Answer(openapi.document(), headers={"X-Content-Type-Options": "nosniff"})


@router.get("/docs")
async def page() -> Response:
    return HTMLResponse(_PAGE, headers=_HEADERS)


@router.get("/docs/start.js")
async def start() -> Response:
    return Response(_START, media_type="text/javascript", headers=_HEADERS)


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    media_type = _ASSETS.get(name)
    if media_type is None:
        raise problems.not_found(f"/docs/{name}")
    more = {**_HEADERS, "Cache-Control": "public, max-age=86400"}
    return FileResponse(Path(swagger_ui_path) / name, media_type=media_type, headers=more)
