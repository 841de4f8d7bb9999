"""huiliu worker takes part in the work and ends in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.live


def test_a_worker_loads_what_is_there_and_ends_in_order_when_told(
    at_hub: Any, huiliu: Any, event: Any, written: Any
) -> None:
    huiliu("publisher", "add", "340100", "--kinds", "nil")
    file = written(*[event("nil", period=f"2025-{month:02d}") for month in range(1, 13)])
    assert huiliu("publish", str(file), "--kind", "nil", "--as", "340100").code == 0
    log = (at_hub.home / "worker-1.log").open("wb")
    at_hub.workers.append(
        subprocess.Popen([sys.executable, "-m", "commands.main", "worker"], env=os.environ, stderr=log)
    )
    at_hub.wait_for(12)
    assert huiliu("verify").code == 0
    at_hub.workers[-1].send_signal(signal.SIGTERM)
    assert at_hub.workers[-1].wait(30) == 0, at_hub.log()
    log.close()
