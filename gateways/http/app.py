"""The application: all routes, and what they share for as long as the process lives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gateways.http import intake, openapi, pages, probes, problems, reads, registry_routes
from gateways.http.access import Access
from gateways.http.identity import Identities
from gateways.http.intake import Intake, Limits
from gateways.http.limits import Flight, Rates
from gateways.http.problem import Problem, Words, language_of
from gateways.http.producing import PATIENCE, Producing
from gateways.http.recording import Recorder
from gateways.http.registry import RegistryError
from gateways.http.upload import route
from gateways.http.upload.uploads import Uploads, verdicts_of
from huiliu.kafka import Cluster
from huiliu.settings import Settings
from sinks import submissions, uploads
from sinks.errors import WarehouseError
from sinks.warehouse import Warehouse

logger = logging.getLogger(__name__)

#: Threads for the database and for large bodies.
_THREADS: Final = 16

#: Days for which idempotency keys are remembered, and seconds between two times of forgetting.
KEY_DAYS: Final = 30
_FORGETTING: Final = 3600.0


def build(kafka: Cluster, warehouse: Warehouse, settings: Settings, patience: float = PATIENCE) -> FastAPI:
    """The application. ``patience``: seconds within which Kafka must have confirmed a request's records."""

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        intake.share_fairly()
        with ThreadPoolExecutor(_THREADS, "gateway") as pool:
            asyncio.get_running_loop().set_default_executor(pool)
            producing, recorder = Producing(kafka, patience), Recorder(warehouse)
            limits = Limits(settings.http_body_bytes, settings.http_events, settings.record_bytes)
            rates = Rates(settings.http_events_per_second, settings.http_requests_per_second)
            flight = Flight(settings.http_held_bytes)
            app.state.warehouse = warehouse
            app.state.intake = Intake(Identities(warehouse), producing, recorder, limits, rates, flight)
            app.state.watch = probes.Watch(producing, warehouse)
            shared = Uploads(warehouse.url, settings.file_bytes, settings.file_rows, settings.http_upload_bytes)
            app.state.uploads, app.state.verdicts = shared, partial(verdicts_of, shared.judging)
            app.state.province = settings.province
            producing.start()
            recorder.start()
            app.state.watch.start()
            forgetting = asyncio.create_task(_forget(warehouse))
            try:
                yield
            finally:
                forgetting.cancel()
                await app.state.watch.stop()
                await producing.stop()
                await recorder.stop()
                await shared.stop()

    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for part in (pages, probes, intake, route, reads, registry_routes):
        app.include_router(part.router)
    app.openapi = openapi.document  # type: ignore[method-assign]
    app.add_middleware(Access)
    handle_errors(app)
    return app


def handle_errors(app: FastAPI) -> None:
    """Every error that a request can meet becomes an answer."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RegistryError, _registry_error)
    app.add_exception_handler(WarehouseError, _warehouse_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _forget(warehouse: Warehouse) -> None:
    def forget() -> int:
        with warehouse.batch() as connection:
            return uploads.forget(connection, KEY_DAYS) + submissions.forget_keys(connection, KEY_DAYS)

    while True:
        with contextlib.suppress(WarehouseError):  # next time, then
            await asyncio.to_thread(forget)
        await asyncio.sleep(_FORGETTING)


def _told(request: Request, problem: Problem) -> Response:
    told: dict[str, Any] = request.state.told
    told["problem"] = problem.code
    return problem.answer(request.state.request, language_of(request.headers.get("accept-language")))


async def _problem(request: Request, problem: Exception) -> Response:
    if not isinstance(problem, Problem):
        raise problem
    return _told(request, problem)


async def _registry_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RegistryError):
        raise error
    return registry_routes.refused(error)


async def _warehouse_error(request: Request, error: Exception) -> Response:
    logger.warning("Request %s: %s", request.state.request, error)
    return _told(request, problems.warehouse_away())


async def _http_error(request: Request, error: Exception) -> Response:
    path = request.url.path[:200]
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:
        return _told(request, problems.not_found(path))
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return _told(request, problems.method_not_allowed(request.method, path, allowed))
    words = Words("请求无法处理。", "The request cannot be handled.")
    return _told(request, Problem(error.status_code, "http", Words("请求有误", "Bad request"), words, words))


async def _invalid(request: Request, error: Exception) -> Response:
    words = Words("见 /docs", "see /docs")
    return _told(request, problems.bad_parameter("?", words))
