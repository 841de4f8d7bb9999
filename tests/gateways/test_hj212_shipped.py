"""The readings that the demo sends are what this gateway decodes from the public frames, frame by frame.

Run as a program, it writes them anew.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from gateways.hj212 import frame
from gateways.hj212.frame import Check
from gateways.hj212.readings import of_frame

SHIPPED = files("simulation").joinpath("frames")
REPORTED = int(datetime(2025, 6, 1, tzinfo=UTC).timestamp()) * 1000


def decoded() -> list[dict[str, Any]]:
    """Readings of every frame whose check is right, the standard's or plain Modbus."""
    found: list[dict[str, Any]] = []
    for line in SHIPPED.joinpath("hj212.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        one = frame.read(entry["frame"].encode() + b"\r\n")
        if one.check is not Check.NONE:
            found += [{"frame": entry["id"], **event} for event in of_frame(one, "340000", REPORTED).events]
    return found


def written() -> str:
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in decoded())


def test_the_shipped_readings_are_those_of_the_shipped_frames() -> None:
    assert SHIPPED.joinpath("readings.jsonl").read_text("utf-8") == written()


if __name__ == "__main__":
    from pathlib import Path

    Path(str(SHIPPED.joinpath("readings.jsonl"))).write_text(written(), "utf-8")
