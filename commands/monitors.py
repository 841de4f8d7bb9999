"""The demo's monitors: simulated field machines that speak HJ 212 over TCP to the running gateway."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from deploy.errors import PartError
from huiliu.division import DivisionCode
from huiliu.language import text

if TYPE_CHECKING:
    from gateways.hj212.simulated import Plan, Told
    from sinks.warehouse import Warehouse

#: Who publishes what they measure.
DIVISION: Final = "340000"
_FIRST: Final = "010000A8900016F000200000"
_EDITIONS: Final = ("2005", "2017", "2025")
_EACH: Final = 2  # monitors of an edition
#: Frames of one monitor, and how many of them a second: each fault once.
_FRAMES, _RATE = 25, 25.0
_PATIENCE: Final = 60.0  # seconds for an answer: on a busy machine nothing need be sent twice
#: Records that they make: a registration each, and five readings of a frame, of which one is sent twice.
RECORDS: Final = len(_EDITIONS) * _EACH * (1 + 5 * (_FRAMES + 1))


def numbers() -> dict[str, list[str]]:
    """Monitors by the edition that they speak."""
    from gateways.hj212.simulated import numbers as numbered

    mns = numbered(_FIRST, len(_EDITIONS) * _EACH)
    return {edition: mns[place * _EACH : (place + 1) * _EACH] for place, edition in enumerate(_EDITIONS)}


def register(warehouse: Warehouse) -> None:
    """Make them known to the gateway; their publisher must be registered."""
    from gateways.hj212.simulated import PASSWORD
    from sinks import devices
    from sinks.credentials import Verifier

    verifier = Verifier.of(PASSWORD)
    with warehouse.batch() as connection:
        for mns in numbers().values():
            for mn in mns:
                devices.put(connection, devices.Device(mn=mn, division=DivisionCode(DIVISION), verifier=verifier))


class Sending:
    """All monitors at once, in a thread, while a block runs; it ends when each has had its answers."""

    def __init__(self, host: str, port: int, seed: int) -> None:
        self._host, self._port, self._seed = host, port, seed
        self._thread = threading.Thread(target=self._run, name="monitors", daemon=True)
        self._fault: BaseException | None = None
        self.told: list[Told] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._thread.join()
            if isinstance(self._fault, OSError):
                raise PartError(
                    text(
                        f"模拟设备无法连接 HJ 212 网关 {self._host}:{self._port}：{self._fault}",
                        f"The monitors cannot reach the HJ 212 gateway at {self._host}:{self._port}: {self._fault}",
                    )
                )
            if self._fault is not None:
                raise self._fault

    def _run(self) -> None:
        try:
            asyncio.run(self._send())
        except BaseException as fault:  # told to the main thread
            self._fault = fault

    async def _send(self) -> None:
        from gateways.hj212.simulated import simulate

        plans = {edition: self._plan(edition) for edition in _EDITIONS}
        self.told = await asyncio.gather(*(simulate(mns, plans[edition]) for edition, mns in numbers().items()))

    def _plan(self, edition: str) -> Plan:
        from gateways.hj212 import simulated
        from gateways.hj212.segment import Edition

        return simulated.Plan(
            host=self._host,
            port=self._port,
            edition=Edition(edition),
            rate=_RATE,
            frames=_FRAMES,
            faults=simulated.FAULTS,
            seed=self._seed,
            answer=_PATIENCE,
            keep=True,
        )
