"""Two hubs on one machine: a province's, and the nation's above it, each with its own broker, warehouse and worker."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kafka import KafkaConsumer, KafkaProducer
from sqlalchemy import text
from typer.testing import CliRunner

from commands.errors import CommandError
from commands.upward import app
from deploy.endpoints import Endpoints
from deploy.instance import Instance
from huiliu import client_file
from huiliu.division import DivisionCode
from huiliu.errors import HuiliuError
from huiliu_publisher import DoorClosed
from huiliu_publisher.door import enter
from schemas import topics
from schemas.contract import contract
from schemas.encode import encode
from schemas.errors import ManifestError
from simulation.province import KINDS, Province
from simulation.publisher import connected
from sinks import figures, rollups, upward
from sinks.warehouse import Warehouse
from streams.errors import SourceError
from streams.upward import Carrier, Route
from streams.upward_events import Source, source_of
from tests.conftest import Hub, _drop, _named, _sql, until
from validators.sample import SAMPLES

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

ROLLED = ("project", "award", "indicator", "reading")


@pytest.fixture
def lower(parts: Instance, template: str, tmp_path: Path, hub: Hub) -> Iterator[Hub]:
    """The province's hub: a broker and a database of its own. ``hub`` is the nation's."""
    server: Endpoints = parts.endpoints  # type: ignore[attr-defined]
    name = f"lower_{os.getpid()}"
    _sql(server.database, f"create database {name} template {template}")
    database = _named(server.database, name)
    home = tmp_path / "lower"
    with Instance(home, database=database).running() as endpoints:
        province = Hub(endpoints.kafka, database, home, Warehouse(database))
        try:
            yield province
        finally:
            province.stop()
            province.warehouse.close()
    _drop(server.database, name)


def upward_run(nation: Hub, province: Hub, *more: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "commands.main", "upward", *more],
        env={
            **os.environ,
            **nation.kafka.environ(),
            "HUILIU_DATABASE": nation.database,
            "HUILIU_HOME": str(nation.home / "nation"),
            **environ,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settled(hub: Hub) -> bool:
    """Nothing in the outbox: everything that was loaded has been told."""
    with hub.warehouse.read() as connection:
        return connection.execute(text("select count(*) from outbox")).scalar_one() == 0


def let_in(given: Path) -> bool:
    """Whether the broker lets this name in and shows it some topic."""
    cluster = client_file.read(given)
    try:
        enter(cluster)
    except DoorClosed:
        return False
    with closing(KafkaConsumer(**cluster.kafka_python(), group_id=None)) as reader:
        return bool(reader.topics())


def figures_of(hub: Hub) -> dict[str, pl.DataFrame]:
    with hub.warehouse.read() as connection:
        return {kind: figures.figures(connection, figures.Asked(kind=kind, chosen={})) for kind in ROLLED}


def same(one: Hub, other: Hub) -> bool:
    here, there = figures_of(one), figures_of(other)
    return all(here[kind].equals(there[kind]) for kind in ROLLED)


@pytest.mark.drill
def test_the_nation_comes_to_the_provinces_figures_through_kills_and_corrections(
    hub: Hub, lower: Hub, prove: Callable[..., None]
) -> None:
    nation = hub
    simulated = Province(seed=31, events=600)
    nation.publish_for("340000", *KINDS)
    route = Route(division=DivisionCode("340000"), source=lower.kafka, target=nation.kafka)
    with pytest.raises(SourceError, match=str(lower.kafka)):  # a broker of nobody's yet
        asyncio.run(Carrier(nation.warehouse, route).run(asyncio.Event(), once=True))
    for division in simulated.publishers:
        lower.publish_for(division, *KINDS)
    lower.worker()
    nation.worker()
    with connected(lower.kafka) as publisher:
        registered = publisher.send(simulated.registrations()).records
        lower.wait_for(registered)
        publisher.send(list(chain.from_iterable(simulated.events())))
    lower.wait_for(simulated.answer_key.totals()["received"])
    until(lambda: settled(lower), "the province's relay has told all")
    # 1. By files, into an empty hub: what was changed on the way is refused, the rest comes to the same figures.
    folder = lower.home / "export"
    exported = told(huiliu(lower, "export", "--into", str(folder), "--json"))
    victim = next(folder.glob("intake.*.avro"))
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:])
    with pytest.raises(ManifestError, match=victim.name):
        huiliu(nation, "import", str(folder), "--publisher", "340000")
    victim.write_bytes(whole)
    assert nation.loaded() == 0
    imported = told(huiliu(nation, "import", str(folder), "--publisher", "340000", "--json"))
    assert imported == {"events": exported["events"], "sent": exported["events"]}
    assert told(huiliu(nation, "import", str(folder), "--publisher", "340000", "--json"))["sent"] == 0
    verify = ("verify", str(folder), "--publisher", "340000", "--json")
    until(lambda: huiliu(nation, *verify).exit_code == 0, f"the export's control totals\n{nation.log()}")
    assert same(nation, lower)
    run = ("run", "--from", str(lower.home), "--publisher", "340000", "--once", "--json")
    # 2. By the network, the same: killed when the nation's broker has a round and the place is not moved. It comes
    # again, as what came by files does, and nothing counts twice.
    killed = upward_run(nation, lower, *run, HUILIU_CRASH_AT="carried")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # … now by the name that the province gives the hub above, which may read what it tells and nothing else.
    given = lower.home / "reader"
    assert huiliu(lower, "reader", "nation", "--into", str(given)).exit_code == 0
    until(lambda: let_in(given), "the province's broker has taken up the name and what it may read")
    done = upward_run(nation, lower, "run", "--from", str(given), *run[3:])
    assert done.returncode == 0, done.stderr
    with closing(KafkaConsumer(**client_file.read(given).kafka_python(), group_id=None)) as reader:
        assert {name.partition(".")[0] for name in reader.topics()} == {"province"}
    assert told(done)["events"] == exported["events"]
    nation.wait_for(2 * exported["events"])
    assert same(nation, lower)
    with nation.warehouse.read() as connection:
        duplicates = connection.execute(text("select sum(duplicate) from intake")).scalar_one()
    assert duplicates > exported["events"]
    # 3. A correction at the county's publisher comes up to the nation's figure.
    changed = {"division": "340104", "month": "2026-10", "planned_investment": 7_777_700, "equipment_investment": None}
    changed |= {"software_investment": None, "cumulative_investment": 100}
    sample = {name: SAMPLES["project"][name] for name in contract("project").names} | changed
    lower.publish_for("340104", "project")
    for revision in (1, 2):
        before = lower.loaded()
        value = encode("project", sample | {"revision": revision, "cumulative_investment": 100 * revision})
        with closing(KafkaProducer(**lower.kafka.kafka_python(), acks="all")) as client:
            client.send("intake.340104.project", value, b"k", partition=0).get(30)
        lower.wait_for(before + 1)
        until(lambda: settled(lower), "the province's relay has told all")
        assert upward_run(nation, lower, *run).returncode == 0
        until(lambda: same(nation, lower), f"equal figures after revision {revision}\n{nation.log()}")
    assert huiliu(lower, "totals").exit_code == 0
    with pytest.raises(CommandError, match="0000000000000000"):
        huiliu(nation, "verify", "--publisher", "340000", "--from", str(given), "--key", "0" * 16)
    stated = huiliu(nation, "verify", "--publisher", "340000", "--from", str(given), "--json")
    assert stated.exit_code == 0 and told(stated)["figures"] > 100, stated.output
    later = huiliu(nation, *verify)
    assert (later.exit_code, {one["kind"] for one in told(later)["differences"]}) == (3, {"project"})
    # 4. The nation's record says where the county's bytes are, and they are the same bytes.
    with nation.warehouse.read() as connection:
        place = connection.execute(
            text(
                "select topic, partition, \"offset\" from project join intake on id = intake where project_code = :code"
            ),
            {"code": sample["project_code"]},
        ).one()  # fmt: skip
    record = record_at(nation, *place)
    source = source_of(record.headers)
    assert source == Source("340000", "intake.340104.project", 0, 1)
    assert record_at(lower, *source[1:]).value == record.value == value
    prove()
    with nation.warehouse.read() as connection:
        assert not upward.refused(connection)
        assert all(rollups.differences(connection, kind).is_empty() for kind in ROLLED)
    assert {topics.province_topic(kind) for kind in KINDS} >= {row["topic"] for row in carried(nation)}


def huiliu(hub: Hub, *arguments: str) -> Any:
    """``huiliu upward`` at this hub, in this process."""
    home = hub.home / "operator"
    environment = {**hub.kafka.environ(), "HUILIU_DATABASE": hub.database, "HUILIU_HOME": str(home)}
    answer = CliRunner().invoke(app, arguments, env={**environment, "HUILIU_LANGUAGE": "en"})
    if isinstance(answer.exception, HuiliuError):
        raise answer.exception
    return answer


def told(answer: Any) -> Any:
    """The JSON that a command printed last."""
    return json.loads(answer.stdout.splitlines()[-1])


def carried(nation: Hub) -> list[dict[str, Any]]:
    with nation.warehouse.read() as connection:
        return upward.carried(connection, "340000")


def record_at(hub: Hub, topic: str, partition: int, offset: int) -> Any:
    from commands.rereading import rereader

    with rereader(hub.kafka) as reader:
        assert reader.bounds([(topic, partition)])
        return next(iter(reader.records(topic, partition, offset, offset + 1)))
