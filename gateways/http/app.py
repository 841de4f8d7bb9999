"""The application: all routes, and what they share for as long as the process lives."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from fastapi import FastAPI

from gateways.http import intake, openapi, pages, probes, reads, registry_routes
from gateways.http.access import Access
from gateways.http.direct import Application
from gateways.http.errors import handle_errors
from gateways.http.identity import Identities
from gateways.http.intake import Intake, Limits
from gateways.http.limits import Flight, Rates
from gateways.http.producing import PATIENCE, Producing
from gateways.http.recording import Recorder
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

    app = Application(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    for part in (pages, probes, intake, route, reads, registry_routes):
        app.include_router(part.router)
    app.openapi = openapi.document  # type: ignore[method-assign]
    app.add_middleware(Access)
    handle_errors(app)
    return app


async def _forget(warehouse: Warehouse) -> None:
    def forget() -> int:
        with warehouse.batch() as connection:
            return uploads.forget(connection, KEY_DAYS) + submissions.forget_keys(connection, KEY_DAYS)

    while True:
        try:
            await asyncio.to_thread(forget)
        except WarehouseError as away:
            logger.warning("Old keys are forgotten later, the database does not answer: %s", away)
        await asyncio.sleep(_FORGETTING)
