"""What status makes of a worker's answers, and of one that does not answer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from prometheus_client import generate_latest

from commands.backlog import Backlog
from commands.seen import Seen, ask, gauges, stages, stages_table, workers, workers_table
from deploy.state import PartState
from streams.lag import Retention, Standing, measure
from streams.stage import REGISTRY, Stage

NOW = 1_800_000_000_000
HOUR = 3_600_000


class Worker(BaseHTTPRequestHandler):
    """Not ready, as a worker says it."""

    def do_GET(self) -> None:
        ready = self.path == "/ready"
        told = json.dumps({"ready": False, "reason": "standing_still", "seconds": 73.1}).encode()
        self.send_response(503 if ready else 200)
        self.end_headers()
        self.wfile.write(told if ready else generate_latest(REGISTRY))

    def log_message(self, *arguments: Any) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Worker) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def part(name: str, metrics: str | None, alive: bool = True) -> PartState:
    return PartState(name, 1, None, alive, metrics=metrics)


def test_a_worker_that_says_no_is_heard_with_its_reason_and_its_stages(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with Stage("rollup", 5):
        pass
    seen = ask("worker-1", address)
    assert (seen.ready, seen.reason, seen.seconds) == (False, "standing_still", 73.1)
    assert seen.stages["rollup"].rows >= 5
    assert seen.stages["rollup"].batches >= 1
    assert "take" not in seen.stages


def test_a_worker_that_does_not_answer_is_not_ready_and_one_without_an_address_is_not_asked() -> None:
    found = workers([part("worker-1", "http://127.0.0.1:1"), part("broker", None), part("worker-2", "http://x", False)])
    assert [(one.name, one.ready, one.reason) for one in found] == [("worker-1", False, "silent")]


def test_gauges_that_are_infinite_become_null_for_json() -> None:
    told = 'huiliu_until_loss_hours +Inf\nhuiliu_ready 1.0\nprocess_open_fds 3.0\nhuiliu_lag_records{topic="a"} 2.0\n'
    assert gauges(told) == {"huiliu_until_loss_hours": None, "huiliu_ready": 1.0}
    assert stages(told) == {}


def test_the_stages_of_several_workers_are_added_and_reasons_are_told_in_words(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    with Stage("write", 5):
        pass
    one = ask("worker-1", address)
    (shown,) = [column for column in stages_table([one, one]).columns if column.header == "records"]
    assert f"{2 * one.stages['write'].rows:,}" in list(shown.cells)
    (ready,) = [
        column for column in workers_table([one, Seen("w", "", True, "ready")]).columns if column.header == "ready"
    ]
    assert list(ready.cells) == ["[red]stands still 73 s", "[green]ready"]


def backlog(retention: Retention, *standings: Standing) -> Backlog:
    return Backlog(measure(NOW, standings, {"a": retention}, NOW - 7_000), 3)


def test_a_backlog_is_told_with_its_age_and_what_retention_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    late = backlog(Retention(ms=24 * HOUR), Standing(("a", 0), 1_234, NOW - 4 * HOUR))
    told = "\n".join(late.lines())
    assert "1,234 records" in told
    assert "the oldest has waited 4:00:00" in told
    assert "in 20.0 hours" in told
    assert "3 chunks" in told
    described = late.described()
    assert described["retention"] == "limited"
    assert described["until_loss_hours"] == 20.0
    assert described["oldest_unprocessed"] == "2027-01-15T04:00:00+00:00"
    assert json.loads(json.dumps(described)) == described


def test_unlimited_retention_is_said_so() -> None:
    level = backlog(Retention(), Standing(("a", 0), 0))
    assert level.described()["until_loss_hours"] is None
    assert level.described()["retention"] == "unlimited"
    assert math.isinf(level.lag.until_loss_hours)
    assert "Kafka 保留期：不限" in list(level.lines()) or any("unlimited" in line for line in level.lines())
