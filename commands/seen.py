"""What the workers of an instance say of themselves, asked over HTTP."""

from __future__ import annotations

import json
import math
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

from rich.table import Table

from deploy.state import PartState
from huiliu.language import text
from streams.metrics import STAGES

_REASONS: Final = {
    "ready": ("就绪", "ready"),
    "starting": ("启动中", "starting"),
    "no_assignment": ("没有分区", "no partitions"),
    "standing_still": ("停滞", "stands still"),
    "broker_silent": ("Kafka 无应答", "Kafka is silent"),
    "silent": ("无应答", "does not answer"),
}

#: Seconds for a worker to answer.
_PATIENCE: Final = 3.0


@dataclass(frozen=True)
class Stage:
    """What went through one stage since the worker started."""

    batches: int
    rows: int
    seconds: float


@dataclass(frozen=True)
class Seen:
    """One worker: ``reason`` is the worker's own word, or ``silent`` when it does not answer.

    ``gauges``: the metrics that have no labels, None for what is infinite.
    """

    name: str
    address: str
    ready: bool
    reason: str
    seconds: float = 0.0
    stages: Mapping[str, Stage] = field(default_factory=dict)
    gauges: Mapping[str, float | None] = field(default_factory=dict)


def workers(parts: Iterable[PartState]) -> list[Seen]:
    """Ask every worker that runs and says where it can be asked."""
    return [ask(part.name, part.metrics) for part in _running(parts) if part.metrics and not part.address]


def gateways(parts: Iterable[PartState]) -> list[Seen]:
    """Ask every gateway that runs."""
    return [
        replace(ask(part.name, part.metrics or part.address), address=part.address)
        for part in _running(parts)
        if part.address
    ]


def _running(parts: Iterable[PartState]) -> list[PartState]:
    return [part for part in parts if part.alive]


def ask(name: str, address: str) -> Seen:
    """Ask one worker."""
    try:
        verdict = json.loads(_get(f"{address}/ready"))
        told = _get(f"{address}/metrics")
    except (URLError, OSError, ValueError):
        return Seen(name, address, ready=False, reason="silent")
    return Seen(name, address, verdict["ready"], verdict["reason"], verdict["seconds"], stages(told), gauges(told))


def _get(url: str) -> str:
    """The body, also of an answer that says no. Never by way of a proxy: the worker is near."""
    try:
        with build_opener(ProxyHandler({}), HTTPSHandler(context=_unverified())).open(url, timeout=_PATIENCE) as answer:
            return str(answer.read().decode())
    except HTTPError as refused:
        with refused:
            return refused.read().decode()


def _unverified() -> ssl.SSLContext:
    """A gateway's certificate bears its public name, not the loopback by which it is asked whether it is ready."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def stages(told: str) -> dict[str, Stage]:
    """The stages that had anything to do, in the order in which they are listed."""
    found: dict[str, dict[str, float]] = {}
    for sample in _samples(told):
        stage = sample.labels.get("stage")
        if stage is not None:
            found.setdefault(stage, {})[sample.name] = sample.value
    return {
        stage: Stage(
            batches=int(values["huiliu_stage_seconds_count"]),
            rows=int(values["huiliu_stage_rows_total"]),
            seconds=values["huiliu_stage_seconds_sum"],
        )
        for stage, values in found.items()
        if values.get("huiliu_stage_seconds_count")
    }


def gauges(told: str) -> dict[str, float | None]:
    """The hub's own metrics without labels."""
    found = {one.name: one.value for one in _samples(told) if not one.labels and one.name.startswith("huiliu_")}
    return {name: value if math.isfinite(value) else None for name, value in found.items()}


def _samples(told: str) -> Iterable[Any]:
    from prometheus_client.parser import text_string_to_metric_families

    return [sample for family in text_string_to_metric_families(told) for sample in family.samples]


def workers_table(seen: Iterable[Seen]) -> Table:
    """The workers, where they are asked, and whether they are ready."""
    heads = text("进程", "worker"), text("指标", "metrics"), text("就绪", "ready")
    table = Table(*heads, box=None)
    for worker in seen:
        said = _REASONS.get(worker.reason, (worker.reason, worker.reason))
        mark = f"[{'green' if worker.ready else 'red'}]{text(*said)}"
        still = f" {worker.seconds:.0f} s" if not worker.ready and worker.seconds else ""
        table.add_row(worker.name, f"{worker.address}/metrics", mark + still)
    return table


def stages_table(seen: Iterable[Seen]) -> Table:
    """The stages of all workers together, since they started."""
    heads = (text("环节", "stage"), text("批", "batches"), text("记录", "records"), text("秒", "seconds"))
    table = Table(*heads, text("每批毫秒", "ms a batch"), text("记录/秒", "records/s"), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    inner = {stage.name: stage.of for stage in STAGES}
    for name in inner:
        parts = [worker.stages[name] for worker in seen if name in worker.stages]
        batches, rows = sum(part.batches for part in parts), sum(part.rows for part in parts)
        seconds = sum(part.seconds for part in parts)
        if batches:
            pace = f"{rows / seconds:,.0f}" if seconds else ""
            shown = f"  {name}" if inner[name] else name
            table.add_row(
                shown, f"{batches:,}", f"{rows:,}", f"{seconds:,.2f}", f"{1000 * seconds / batches:,.1f}", pace
            )
    return table
