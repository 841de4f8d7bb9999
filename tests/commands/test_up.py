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

from deploy.instance import Instance
from deploy.ports import is_open

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
    assert [part["name"] for part in status["parts"]] == ["broker", "database", "worker-1"]
    assert status["kafka"] in shell.said()
    assert status["behind_total"] == 0
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
    given = {"HUILIU_KAFKA": parts.endpoints.kafka, "HUILIU_DATABASE": parts.endpoints.database}
    shell.start("--workers", "2", **given)
    status = shell.status(**given)
    assert [(part["name"], part["external"]) for part in status["parts"]] == [
        ("broker", True),
        ("database", True),
        ("worker-1", False),
        ("worker-2", False),
    ]
    assert status["ready"]
    assert not (shell.home / "broker").exists()
    assert not (shell.home / "database").exists()
    assert shell.run("doctor", **given).returncode == 0
    assert shell.run("down", **given).returncode == 0
    parts.check()
