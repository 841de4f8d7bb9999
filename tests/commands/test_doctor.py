"""huiliu doctor over a real broker with locked doors and a real database, broken on purpose in one way at a time."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from deploy import access
from deploy.instance import Instance
from huiliu.kafka import Cluster
from sinks import credentials, health

pytestmark = pytest.mark.live
HEFEI = "340100"


@pytest.fixture
def door(parts: Instance) -> Cluster:
    assert parts.endpoints is not None
    return parts.endpoints.door


@pytest.fixture
def handed(at_hub: Any, huiliu: Any, door: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Hefei's folder of client settings."""
    monkeypatch.setenv("HUILIU_PUBLISHERS_KAFKA", str(door))
    monkeypatch.setenv("HUILIU_PUBLISHERS_CA", str(door.ca))
    added = huiliu("publisher", "add", HEFEI, "--kinds", "nil", "--into", str(tmp_path / "hefei"), "--json")
    assert added.code == 0, added.err
    yield tmp_path / "hefei"
    user = credentials.user_of(HEFEI)
    access.revoke(at_hub.kafka, user)
    access.remove_secret(at_hub.kafka, user)


def outcomes(answer: Any) -> dict[str, str]:
    return {check["name"]: check["outcome"] for check in answer.last["checks"]}


def check(answer: Any, name: str) -> dict[str, str]:
    (found,) = (one for one in answer.last["checks"] if one["name"] == name)
    return dict(found)


@contextmanager
def detour(server: tuple[str, int]) -> Iterator[int]:
    """Another port that leads to the same listener."""
    with socket.create_server(("127.0.0.1", 0)) as entry:
        entry.settimeout(0.1)
        over = threading.Event()

        def pump(source: socket.socket, sink: socket.socket) -> None:
            with suppress(OSError):
                while piece := source.recv(65_536):
                    sink.sendall(piece)
            with suppress(OSError):
                sink.shutdown(socket.SHUT_WR)

        def accept() -> None:
            ends: list[socket.socket] = []
            while not over.is_set():
                with suppress(TimeoutError):
                    ours, _ = entry.accept()
                    theirs = socket.create_connection(server)
                    ends += [ours, theirs]
                    for pair in ((ours, theirs), (theirs, ours)):
                        threading.Thread(target=pump, args=pair, daemon=True).start()
            for end in ends:
                end.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield entry.getsockname()[1]
        finally:
            over.set()
            thread.join()


def test_a_publisher_that_is_well_is_told_so(handed: Path, door: Cluster, huiliu: Any) -> None:
    answer = huiliu("doctor", "--as", HEFEI, "--client", str(handed), "--json")
    assert answer.code == 0, answer.out
    (server,) = door.servers
    assert outcomes(answer) == {
        "jurisdiction": "good",
        f"listener {server[0]}:{server[1]}": "good",
        "login": "good",
        "write": "good",
        "read": "good",
        "others": "good",
        "registry": "skipped",
        "clock": "skipped",
    }
    assert check(answer, "write")["found"] == "intake.340100.nil"
    with detour(server) as port:
        around = huiliu("doctor", "--as", HEFEI, "--client", str(handed), "--kafka", f"127.0.0.1:{port}", "--json")
    assert outcomes(around)[f"advertised {server[0]}:{server[1]}"] == "good"


def test_a_wrong_secret_a_wrong_port_and_a_missing_kind_have_one_fix_each(handed: Path, huiliu: Any) -> None:
    lacking = huiliu("doctor", "--as", HEFEI, "--client", str(handed), "--kinds", "nil,award", "--json")
    assert lacking.code == 3
    assert "--kinds award" in check(lacking, "write")["mend"]
    assert outcomes(lacking)["read"] == "good"

    others = huiliu("doctor", "--as", "340200", "--client", str(handed), "--json")
    assert (others.code, outcomes(others)["write"], outcomes(others)["read"]) == (3, "failed", "failed")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    closed = huiliu("doctor", "--as", HEFEI, "--client", str(handed), "--kafka", f"127.0.0.1:{port}", "--json")
    assert closed.code == 3
    assert outcomes(closed) == {
        "jurisdiction": "good",
        f"listener 127.0.0.1:{port}": "failed",
        "login": "unknown",
        "advertised": "unknown",
        "rights": "unknown",
        "registry": "skipped",
        "clock": "skipped",
    }

    file = handed / "kcat.conf"
    lines = file.read_text("utf-8").splitlines()
    wrong = ["sasl.password=not-the-secret" if line.startswith("sasl.password") else line for line in lines]
    file.write_text("\n".join(wrong))
    refused = huiliu("doctor", "--as", HEFEI, "--client", str(handed), "--json")
    assert (refused.code, outcomes(refused)["login"]) == (3, "failed")
    assert "rotate" in check(refused, "login")["mend"]
    assert "not-the-secret" not in refused.out + refused.err


def test_the_hubs_own_door_is_found_too_wide_for_a_publisher(handed: Path, at_hub: Any, huiliu: Any) -> None:
    """Whoever may write everybody's topics is no publisher: here the hub's own user."""
    answer = huiliu("doctor", "--as", HEFEI, "--kinds", "nil", "--json")
    assert (answer.code, outcomes(answer)["others"]) == (3, "failed")
    assert "authorizer" in check(answer, "others")["mend"]
    assert at_hub.kafka.password() not in answer.out


def test_an_operator_is_told_what_runs_and_what_is_amiss(
    at_hub: Any, huiliu: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_hub.publish_for(HEFEI, "nil")
    well = huiliu("doctor", "--json")
    assert well.code == 0, well.out
    assert {
        "database",
        "durability",
        "clock database",
        "migrations",
        "database rights",
        "topics",
        "retention",
        "lag",
    } <= {name for name, outcome in outcomes(well).items() if outcome in ("good", "warning")}
    monkeypatch.setenv("HUILIU_DISK_GIB", "1000000")
    full = huiliu("doctor", "--json")
    assert (full.code, outcomes(full)["disk"]) == (3, "failed")
    monkeypatch.setenv("HUILIU_DISK_GIB", "0")

    at_hub.publish_for("340221", "nil")
    ended = huiliu("doctor", "--json")
    assert (ended.code, outcomes(ended)["jurisdiction"]) == (3, "failed")
    assert "340210" in check(ended, "jurisdiction")["found"]

    monkeypatch.setenv("HUILIU_DATABASE", "postgresql://huiliu:tops3cret@127.0.0.1:1/none")
    gone = huiliu("doctor", "--json")
    assert (gone.code, outcomes(gone)["database"], outcomes(gone)["loading"]) == (3, "failed", "unknown")
    assert "tops3cret" not in gone.out + gone.err
    assert "tops3cret" not in huiliu("doctor").out


def test_rights_that_a_worker_lacks_are_named(at_hub: Any) -> None:
    with at_hub.warehouse.read() as connection:
        assert health.lacking(connection) == []
        connection.execute(text("set local role huiliu_reader"))
        assert "reading INSERT" in health.lacking(connection)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--client", "x"), "--as"),
        (("--as", HEFEI, "--client", "/nowhere"), "/nowhere"),
        (("--as", HEFEI, "--kafka", "hub"), "bootstrap.servers"),
    ],
)
def test_wrong_use_is_refused_with_what_to_give(arguments: tuple[str, ...], named: str, huiliu: Any) -> None:
    answer = huiliu("doctor", *arguments)
    assert answer.code == 2
    assert named in answer.err


def test_the_door_that_publishers_are_told_of_is_looked_at_too(
    at_hub: Any, huiliu: Any, door: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_PUBLISHERS_KAFKA", str(door))
    monkeypatch.setenv("HUILIU_PUBLISHERS_CA", str(door.ca))
    assert check(huiliu("doctor", "--json"), f"publishers {door}")["outcome"] == "good"
    monkeypatch.setenv("HUILIU_PUBLISHERS_KAFKA", "127.0.0.1:1")
    assert check(huiliu("doctor", "--json"), "publishers 127.0.0.1:1")["outcome"] == "failed"
