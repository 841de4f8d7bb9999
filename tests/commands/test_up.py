"""huiliu up as people use it: started in one shell, looked at and stopped from another."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.endpoints import resolve
from deploy.instance import Instance
from deploy.ports import is_open
from huiliu.settings import Settings
from schemas.event_json import to_json
from sinks import ledger
from sinks.warehouse import Warehouse
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

PATIENCE = 180.0  # seconds, on a machine that does other things as well


class Shell:
    """A folder, and commands run on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {**os.environ, "HUILIU_HOME": str(home), "HUILIU_LANGUAGE": "en"}
        self.up: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str, **environ: str) -> None:
        with (self.home.parent / "up.out").open("w") as said:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "commands.main", "up", *arguments],
                env={**self.environ, **environ},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        self.until(lambda: "Huiliu is up" in self.said(), "Huiliu is up")

    def said(self) -> str:
        return (self.home.parent / "up.out").read_text()

    def until(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.up is not None
            assert self.up.poll() is None, self.said()
            assert time.monotonic() < deadline, f"still not: {what}\n{self.said()}"
            time.sleep(0.1)

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "commands.main", *arguments],
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def status(self, **environ: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("status", "--json", **environ).stdout)
        return found

    def part(self, name: str) -> dict[str, Any]:
        return next(part for part in self.status()["parts"] if part["name"] == name)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path / "home")
    yield shell
    if shell.up is not None and shell.up.poll() is None:
        shell.up.send_signal(signal.SIGTERM)
        shell.up.wait(120)
    shell.run("down")


def test_up_is_looked_at_and_stopped_from_another_shell(shell: Shell) -> None:
    shell.start()
    status = shell.status()
    assert status["ready"]
    assert [part["name"] for part in status["parts"]] == [
        "broker",
        "database",
        "gateway-hj212",
        "gateway-http",
        "oversight",
        "worker-1",
    ]
    assert status["kafka"] in shell.said()
    assert status["behind_total"] == 0
    assert status["lag"]["retention"] == "unlimited"
    (worker,) = status["workers"]
    assert worker["ready"]
    assert worker["address"] in shell.said()
    assert worker["gauges"]["huiliu_ready"] == 1
    assert len(status["gateways"]) == 2
    for gateway in status["gateways"]:
        assert gateway["ready"]
        assert gateway["address"] in shell.said()
    doctor = shell.run("doctor")
    assert doctor.returncode == 0, doctor.stdout
    second = shell.run("up")
    assert second.returncode == 2
    assert str(status["pid"]) in second.stderr
    down = shell.run("down")
    assert down.returncode == 0
    assert "worker-1" in down.stdout
    assert shell.up is not None
    assert shell.up.wait(30) == 0
    assert not shell.status()["running"]
    assert json.loads((shell.home / "prometheus.json").read_text()) == []
    assert not any(is_open(part["port"]) for part in status["parts"] if part["port"])


@pytest.mark.drill
def test_ctrl_c_during_a_start_and_after_it_ends_in_order(shell: Shell) -> None:
    shell.up = subprocess.Popen([sys.executable, "-m", "commands.main", "up"], env=shell.environ)
    shell.until(lambda: (shell.home / "logs" / "broker.out").exists(), "the broker is being started")
    shell.up.send_signal(signal.SIGINT)
    assert shell.up.wait(60) == 0
    assert shell.status()["parts"] == []
    shell.start()
    assert shell.up is not None
    shell.up.send_signal(signal.SIGINT)
    assert shell.up.wait(60) == 0
    assert shell.run("down").stdout.startswith("No Huiliu runs")


@pytest.mark.drill
@pytest.mark.parametrize("victim", ["worker-1", "broker"])
def test_up_ends_with_the_log_of_a_part_that_dies(shell: Shell, victim: str) -> None:
    shell.start()
    os.kill(shell.part(victim)["pid"], signal.SIGKILL)
    assert shell.up is not None
    assert shell.up.wait(90) == 2
    assert f"{victim} was killed by SIGKILL" in shell.said()
    assert f"{victim}.log" in shell.said()
    assert not shell.status()["running"]


def test_with_a_cluster_and_a_database_of_ones_own_only_workers_are_started(shell: Shell, parts: Instance) -> None:
    assert parts.endpoints is not None
    given = {**parts.endpoints.kafka.environ(), "HUILIU_DATABASE": parts.endpoints.database}
    shell.start("--workers", "2", **given)
    status = shell.status(**given)
    assert [(part["name"], part["external"]) for part in status["parts"]] == [
        ("broker", True),
        ("database", True),
        ("gateway-hj212", False),
        ("gateway-http", False),
        ("oversight", False),
        ("worker-1", False),
        ("worker-2", False),
    ]
    assert status["ready"]
    assert len({worker["address"] for worker in status["workers"]}) == 2
    targets = json.loads((shell.home / "prometheus.json").read_text())
    assert ["http://" + target["targets"][0] for target in targets] == [one["address"] for one in status["workers"]]
    assert not (shell.home / "broker").exists()
    assert not (shell.home / "database").exists()
    assert shell.run("doctor", **given).returncode == 0
    assert shell.run("down", **given).returncode == 0
    parts.check()


def test_status_says_which_worker_stands_still_and_since_when_something_waits(shell: Shell) -> None:
    shell.start(HUILIU_STALL_SECONDS="2")
    assert shell.run("publisher", "add", "340100", "--kinds", "nil").returncode == 0
    file = shell.home.parent / "nil.jsonl"
    sample = to_json("nil", SAMPLES["nil"])
    file.write_text("".join(json.dumps({**sample, "period": f"2025-{month:02d}"}) + "\n" for month in range(1, 8)))
    assert shell.run("publish", str(file), "--kind", "nil", "--as", "340100").returncode == 0
    shell.until(lambda: shell.status()["workers"][0]["stages"].get("ledger", {}).get("rows") == 7, "seven are loaded")
    level = shell.status()
    assert level["ready"]
    assert (level["behind_total"], level["lag"]["oldest_unprocessed"]) == (0, None)
    assert level["lag"]["newest_loaded"] is not None
    warehouse = Warehouse(resolve(Settings(home=shell.home)).database)
    try:
        with warehouse.batch() as connection:
            ledger.lock(connection, list(ledger.next_offsets(connection)))
            file.write_text(
                "".join(json.dumps({**sample, "period": f"2024-{month:02d}"}) + "\n" for month in (1, 2, 3))
            )
            assert shell.run("publish", str(file), "--kind", "nil", "--as", "340100").returncode == 0
            shell.until(lambda: not shell.status()["ready"], "a worker is not ready")
            stuck = shell.status()
            told = shell.run("status")
    finally:
        warehouse.close()
    assert stuck["workers"][0]["reason"] == "standing_still"
    assert (stuck["behind_total"], stuck["lag"]["records"]) == (3, 3)
    assert stuck["lag"]["oldest_unprocessed_seconds"] > 2
    assert told.returncode == 3
    assert "stands still" in told.stdout
    shell.until(lambda: shell.status()["ready"], "ready again")
