"""The guide's commands, run as they stand on the page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinks import credentials
from tests.conftest import Hub, until
from tests.gateways.http.conftest import Gateway

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "guide" / "http.md"
HEFEI, SECRET = "340100", "the-secret-of-hefei"


@pytest.fixture
def gateway(hub: Hub, tmp_path: Path) -> Iterator[Gateway]:
    hub.publish_for(HEFEI, "reading", "registration")
    with hub.warehouse.batch() as connection:
        credentials.keep(connection, HEFEI, SECRET)  # type: ignore[arg-type]
    gateway = Gateway(hub, tmp_path)
    gateway.start()
    until(gateway.ready, "the gateway is ready")
    yield gateway
    assert gateway.end(signal.SIGTERM) == 0


def test_every_command_of_the_guide_does_what_the_guide_says(gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "hefei").mkdir()
    (tmp_path / "hefei" / "secret").write_text(SECRET + "\n")
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text("utf-8"), re.M | re.S)
    told = []
    for block in blocks:
        run = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            env={**os.environ, "HUB": gateway.address, "no_proxy": "*"},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(run.stdout)
    decoder, found, rest = json.JSONDecoder(), [], "".join(told)
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    registration, readings, zipped, verdicts, submissions, receipts, quarantine, *files, subjects, latest, schema = (
        found
    )
    judged, taken = files
    assert [one["sent"] for one in (registration, readings, zipped)] == [1, 7, 7]
    assert (verdicts["accepted"], verdicts["quarantined"]) == (6, 1)
    assert [one["records"] for one in submissions["submissions"]] == [7, 7, 1]
    assert (receipts["receipts"], quarantine["quarantine"]) == ([], [])
    assert (judged["totals"], taken["sent"], taken["refused"]) == ({"rows": 1, "accepted": 1}, 1, 0)
    assert "reading" in subjects
    assert latest["id"] == 4
    assert "cn.huiliu" in schema["schema"]
    assert SECRET not in gateway.log()
    assert "publisher=340100 kind=reading events=7" in gateway.log()


def test_every_problem_of_the_guide_is_one_of_the_gateway_and_the_other_way_round() -> None:
    where = [ROOT / "gateways" / "http" / name for name in ("problems.py", "upload/file_problems.py")]
    source = "\n".join(path.read_text("utf-8") for path in where)
    known = set(re.findall(r'^        \d{3}, "([a-z-]+)",$', source, re.M))
    table = GUIDE.read_text("utf-8").partition("| status | code |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", table)) == known - {"fault"}
