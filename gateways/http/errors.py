"""Every error that a request can meet becomes an answer."""

from __future__ import annotations

import logging
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateways.http import problems, registry_routes
from gateways.http.problem import Problem, Words, language_of
from gateways.http.registry import RegistryError
from sinks.errors import WarehouseError

logger = logging.getLogger(__name__)

_KNOWN: Final = (Problem, RegistryError, WarehouseError, HTTPException, RequestValidationError)


def handle_errors(app: FastAPI) -> None:
    """Answer them in an application."""
    for kind in _KNOWN:
        app.add_exception_handler(kind, _handler)


async def _handler(request: Request, error: Exception) -> Response:
    answer = response_to(request, error)
    if answer is None:
        raise error
    return answer


def response_to(request: Request, error: Exception) -> Response | None:
    """The answer to an error; None to a fault of ours, which is told with its number (gateways.http.access)."""
    match error:
        case Problem():
            return _told(request, error)
        case RegistryError():
            return registry_routes.refused(error)
        case WarehouseError():
            logger.warning("Request %s: %s", request.state.request, error)
            return _told(request, problems.warehouse_away())
        case HTTPException():
            return _http_error(request, error)
        case RequestValidationError():
            return _told(request, problems.bad_parameter("?", Words("见 /docs", "see /docs")))
    return None


def _told(request: Request, problem: Problem) -> Response:
    told: dict[str, Any] = request.state.told
    told["problem"] = problem.code
    return problem.answer(request.state.request, language_of(request.headers.get("accept-language")))


def _http_error(request: Request, error: HTTPException) -> Response:
    path = request.url.path[:200]
    if error.status_code == 404:
        return _told(request, problems.not_found(path))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return _told(request, problems.method_not_allowed(request.method, path, allowed))
    words = Words("请求无法处理。", "The request cannot be handled.")
    return _told(request, Problem(error.status_code, "http", Words("请求有误", "Bad request"), words, words))
