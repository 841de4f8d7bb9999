"""Children: started on a leash, told apart from others, ended in time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.errors import PartError
from deploy.process import Identity, Part, end, last_lines, run, spawn, wait_ready

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def python(code: str, log: Path, **options: object) -> Part:
    return spawn("part", [sys.executable, "-c", code], [log], farewell=signal.SIGTERM, **options)  # type: ignore[arg-type]


def stop(part: Part) -> None:
    part.process.kill()
    part.process.wait()


def test_a_process_is_told_from_a_later_one_with_the_same_pid() -> None:
    me = Identity.of(os.getpid())
    assert me.alive()
    assert not Identity(me.pid, me.started - 10).alive()


def test_a_zombie_is_not_alive(tmp_path: Path) -> None:
    part = python("pass", tmp_path / "log")
    until(lambda: psutil.Process(part.process.pid).status() == psutil.STATUS_ZOMBIE)
    assert not part.identity.alive()
    part.process.wait()
    assert not part.identity.alive()


def test_a_part_that_ended_is_reported_with_the_last_lines_of_its_log(tmp_path: Path) -> None:
    part = python("print('\\n'.join(map(str, range(30)))); raise SystemExit(7)", tmp_path / "log")
    part.process.wait()
    with pytest.raises(PartError) as failure:
        part.check()
    assert "7" in str(failure.value).splitlines()[0]
    assert str(failure.value).splitlines()[-20:] == [str(number) for number in range(10, 30)]


def test_a_part_killed_by_a_signal_is_reported_by_the_signals_name(tmp_path: Path) -> None:
    part = python("import time; time.sleep(60)", tmp_path / "log")
    stop(part)
    with pytest.raises(PartError, match="SIGKILL"):
        part.check()


def test_waiting_for_a_part_ends_when_it_ends_and_when_time_is_up(tmp_path: Path) -> None:
    part = python("import time; time.sleep(60)", tmp_path / "log")
    with pytest.raises(PartError):
        wait_ready(part, lambda: False, 0.2)
    stop(part)
    began = time.monotonic()
    with pytest.raises(PartError, match="SIGKILL"):
        wait_ready(part, lambda: False, 60)
    assert time.monotonic() - began < 10


def test_a_part_that_does_not_listen_is_killed_after_its_deadline(tmp_path: Path) -> None:
    part = python(DEAF, tmp_path / "log")
    until(lambda: (tmp_path / "log").read_text() == "deaf\n")
    assert end(part.identity, signal.SIGTERM, 0.3, reap=part.process.poll) is False
    assert part.process.wait() == -signal.SIGKILL


def test_a_process_with_another_start_time_is_left_alone(tmp_path: Path) -> None:
    part = python("import time; time.sleep(60)", tmp_path / "log")
    end(Identity(part.identity.pid, part.identity.started - 100), signal.SIGKILL, 1)
    time.sleep(0.2)
    assert part.identity.alive()
    stop(part)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(f"""
                import signal, sys, threading, time
                from pathlib import Path
                from deploy.process import spawn
                def start():
                    part = spawn("part", [sys.executable, "-c", "import time; time.sleep(60)"],
                                 [Path({str(tmp_path / "log")!r})], farewell=signal.SIGTERM)
                    print(part.process.pid, flush=True)
                thread = threading.Thread(target=start)
                thread.start(); thread.join()  # the thread that asked is gone: the child must live on
                time.sleep(60)
            """),
        ],
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = Identity.of(int(parent.stdout.readline()))
    time.sleep(0.5)
    assert child.alive()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not child.alive())


def test_a_program_run_to_its_end_gets_its_input_by_pipe_and_its_output_logged(tmp_path: Path) -> None:
    log = tmp_path / "log"
    run([sys.executable, "-c", "print(input()[::-1])"], name="echo", log=log, stdin=b"abc\n")
    assert log.read_text() == "cba\n"
    with pytest.raises(PartError, match="echo"):
        run([sys.executable, "-c", "raise SystemExit(3)"], name="echo", log=log)


def test_a_large_log_is_put_aside_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.process.LARGEST_LOG", 10)
    (tmp_path / "log").write_text("x" * 11)
    part = python("print('new')", tmp_path / "log")
    part.process.wait()
    assert (tmp_path / "log").read_text() == "new\n"
    assert (tmp_path / "log.1").read_text() == "x" * 11


def test_last_lines_of_logs_that_are_empty_or_absent_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert last_lines([tmp_path / "empty", tmp_path / "absent"]) == ""
