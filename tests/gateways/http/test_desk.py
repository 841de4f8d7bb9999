"""A desk does one job after the other; one that takes too much, or ends, is replaced, and the next job is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from gateways.http.desk.desk import Desk, DeskFailure, Desks
from gateways.http.upload.room import Room
from sinks.uploads import Placed

SECONDS = 60.0


def job(folder: Path, content: bytes, **more: Any) -> dict[str, Any]:
    path = folder / "file"
    path.write_bytes(content)
    way = {"name": "x.csv", "kind": "nil", "division": "340100", "mapping": [], "sheet": None, "record_bytes": 1 << 20}
    return {"job": "read", "path": str(path), "spool": str(folder / "records"), "most_rows": 10_000_000, **way, **more}


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def test_whatever_ends_a_desk_the_next_job_is_done(runner: asyncio.Runner, tmp_path: Path) -> None:
    good = job(tmp_path, b"period,obligation,reason,source_ref\n2026-01,AWARD,x,1\n")

    async def all_of_it() -> list[Any]:
        desk, found = Desk(), []
        found.append(await desk.do(good, SECONDS))
        first = desk._process
        assert first is not None
        for fault, seconds in (("time", 0.0), ("died", SECONDS)):
            if fault == "died":
                assert desk._process is not None
                desk._process.kill()
            with pytest.raises(DeskFailure) as failed:
                await desk.do(good, seconds)
            found.append(failed.value.reason)
            found.append((await desk.do(good, SECONDS))["told"]["records"])
        with pytest.raises(RuntimeError):  # a fault of ours: told by name, the process goes on
            await desk.do({"job": "read", "language": "en"}, SECONDS)
        again = desk._process
        found.append((await desk.do({**good, "kind": "award"}, SECONDS)).keys())
        assert desk._process is again
        await desk.stop()
        assert not psutil.pid_exists(first.pid)
        return found

    whole, *rest, refused = runner.run(all_of_it())
    assert (whole["told"]["rows"], whole["told"]["refused"]) == (1, 0)
    assert rest == ["time", 1, "died", 1]
    assert set(refused) == {"refused"}


def test_a_desk_that_holds_more_memory_than_it_may_is_ended(runner: asyncio.Runner, tmp_path: Path) -> None:
    hostile = job(tmp_path, b"period,obligation,reason,source_ref\n" + b"2026-01,AWARD,x,1\n" * 100_000)

    async def asked() -> str:
        desks = Desks(1, memory=64 << 20)
        with pytest.raises(DeskFailure) as failed:
            await desks.do(hostile, SECONDS)
        await desks.stop()
        return failed.value.reason

    assert runner.run(asked()) == "memory"


def test_the_room_of_a_process_that_is_no_more_is_taken_away_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = tmp_path / "huiliu-uploads-dead"
    left.mkdir()
    (left / "lock").touch()
    (left / "file").write_bytes(b"x")
    first = Room()
    second = Room()
    assert not left.exists()
    assert first.folder.exists()
    assert second.folder.stat().st_mode & 0o777 == 0o700
    with first.corner() as corner:
        (corner / "file").touch()
    assert not corner.exists()
    first.close()
    second.close()
    assert list(tmp_path.iterdir()) == []


def test_where_the_rows_went_is_kept_as_it_was() -> None:
    rows, partitions = np.array([2, 3, 9, 12]), np.array([1, 0, 1, 1])
    offsets = np.array([5, 2**40, 6, 9])
    kept = Placed.unpacked(Placed(rows, partitions, offsets).packed())
    assert [column.tolist() for column in (kept.rows, kept.partitions, kept.offsets)] == [
        rows.tolist(), partitions.tolist(), offsets.tolist(),
    ]  # fmt: skip
    assert Placed.unpacked(Placed(*(np.array([], int) for _ in range(3))).packed()).rows.size == 0
