"""``/live``, ``/ready`` and ``/metrics``, for whoever looks after the process."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client.exposition import choose_encoder
from starlette.responses import Response

from gateways.http import metrics
from gateways.http.answer import Answer, no_store
from gateways.http.producing import Producing
from sinks.errors import WarehouseError
from sinks.warehouse import Warehouse

logger = logging.getLogger(__name__)

#: Seconds between two looks, and for broker or database to answer one.
_PAUSE: Final = 2.0
_PATIENCE: Final = 5.0

router = APIRouter(tags=["operation"])


class Watch:
    """Looks now and then whether broker and database answer."""

    def __init__(self, producing: Producing, warehouse: Warehouse) -> None:
        self._producing, self._warehouse = producing, warehouse
        self._task: asyncio.Task[None] | None = None
        self.reason, self.since = "starting", time.monotonic()

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            reason = await self._reason()
            if reason != self.reason:
                logger.info("The gateway is %s (was %s)", reason, self.reason)
                self.reason, self.since = reason, time.monotonic()
            metrics.READY.set(reason == "ready")
            await asyncio.sleep(_PAUSE)

    async def _reason(self) -> str:
        if not await self._producing.answers(_PATIENCE):
            return "broker_silent"
        try:
            async with asyncio.timeout(_PATIENCE):
                await asyncio.to_thread(self._ask)
        except (WarehouseError, TimeoutError):
            return "database_silent"
        return "ready"

    def _ask(self) -> None:
        with self._warehouse.read():
            pass


@router.get("/live")
async def live() -> Response:
    """The process answers."""
    return Answer({"live": True}, headers=no_store())


@router.get("/ready")
async def ready(request: Request) -> Response:
    """Broker and database answer; 503 while one does not."""
    watch: Watch = request.app.state.watch
    well = watch.reason == "ready"
    seconds = 0.0 if well else round(time.monotonic() - watch.since, 3)
    told = {"ready": well, "reason": watch.reason, "seconds": seconds}
    return Answer(told, 200 if well else 503, no_store())


@router.get("/metrics")
async def shown(request: Request) -> Response:
    """For Prometheus."""
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(metrics.REGISTRY), media_type=media_type, headers=no_store())
