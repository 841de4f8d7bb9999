"""A real instance: started, left alone, crashed, found and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg
import pytest

from deploy import cluster, record, topics
from deploy.endpoints import Endpoints
from deploy.errors import HeldError, PartError, TopicError
from deploy.instance import Instance
from deploy.ports import is_open
from deploy.process import Identity
from deploy.record import Record
from deploy.shutdown import stop_from_outside
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster

pytestmark = pytest.mark.live

RUN = """
import sys, time
from pathlib import Path
from deploy.instance import Instance
instance = Instance(Path(sys.argv[1]))
instance.start()
print("ready", flush=True)
time.sleep(600)
"""


def running_record(home: Path) -> Record:
    known = record.load(home)
    assert known is not None
    return known


def ask(endpoints: Endpoints, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(endpoints.database, autocommit=True) as connection:
        answer = connection.execute(statement)  # type: ignore[arg-type]
        return answer.fetchall() if answer.description else []


def test_what_is_stored_survives_a_stop_and_nothing_stays_behind(tmp_path: Path) -> None:
    home = tmp_path / "汇流 home"  # a path with a space and Chinese in it
    with Instance(home).running() as first:
        known = running_record(home)
        assert set(known.parts) == {"broker", "database"}
        assert topics.ensure(first.kafka, topics.hub_topics(), 2) == topics.hub_topics()
        ask(first, "create table kept (x int)")
        assert ask(first, "select current_user::text, current_setting('is_superuser')") == [("huiliu", "off")]
        durable = "select setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')"
        assert ask(first, durable) == [("on",)] * 3
        secret = first.database.split(":")[2].split("@")[0]
    assert not any(part.alive() for part in known.parts.values())
    assert not is_open(known.ports.broker)
    assert not is_open(known.ports.database)
    assert not Path(known.sockets).exists()
    assert secret not in "".join(log.read_text(errors="replace") for log in (home / "logs").iterdir())
    with Instance(home).running() as second:
        assert second == first
        assert topics.ensure(second.kafka, topics.hub_topics(), 2) == []
        assert ask(second, "select count(*) from kept") == [(0,)]


def test_two_homes_do_not_meet_and_one_home_runs_once(tmp_path: Path) -> None:
    with Instance(tmp_path / "a").running() as a, Instance(tmp_path / "b").running() as b:
        assert a.kafka != b.kafka
        topics.ensure(a.kafka, ["province.reading"], 1)
        with cluster.admin(b.kafka) as client:
            assert "province.reading" not in client.list_topics()
        ask(a, "create table only_here (x int)")
        assert ask(b, "select to_regclass('only_here')") == [(None,)]
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(a.database.replace(a.database.rsplit(":", 1)[1], b.database.rsplit(":", 1)[1]))
        with pytest.raises(HeldError, match=str(os.getpid())):
            Instance(tmp_path / "a").start()
        assert cluster.answers(a.kafka)


@pytest.mark.drill
@pytest.mark.parametrize("victim", ["broker", "database"])
def test_a_killed_part_ends_the_watch_with_its_log_and_the_next_start_is_whole(tmp_path: Path, victim: str) -> None:
    instance = Instance(tmp_path)
    endpoints = instance.start()
    try:
        ask(endpoints, "create table kept as select generate_series(1, 1000) x")
        os.kill(running_record(tmp_path).parts[victim].pid, signal.SIGKILL)
        began = time.monotonic()
        with pytest.raises(PartError, match=f"{victim} .*SIGKILL(?s:.*){victim}.log"):
            instance.watch(threading.Event())
        assert time.monotonic() - began < 10
    finally:
        instance.stop()
    with Instance(tmp_path).running() as again:
        assert ask(again, "select count(*) from kept") == [(1000,)]


@pytest.mark.drill
def test_parts_restarted_as_after_a_crash_keep_their_addresses(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.running() as endpoints, psycopg.connect(endpoints.database, autocommit=True) as session:
        session.execute("create table kept (x int)")
        instance.restart("database")
        instance.restart("broker")
        assert ask(endpoints, "select count(*) from kept") == [(0,)]
        assert cluster.answers(endpoints.kafka)
        instance.check()


@pytest.mark.drill
def test_a_killed_owner_leaves_nothing_that_the_next_start_does_not_mend(tmp_path: Path) -> None:
    owner = start_owner(tmp_path)
    left = running_record(tmp_path)
    owner.kill()
    owner.wait()
    with Instance(tmp_path).running() as endpoints:
        assert cluster.answers(endpoints.kafka)
        assert not any(part.alive() for part in left.parts.values())
    assert not Path(left.sockets).exists()


@pytest.mark.drill
def test_a_stale_record_does_not_end_a_stranger_with_the_same_pid(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        with Instance(tmp_path).running():
            known = running_record(tmp_path)
        known.with_part("broker", Identity(stranger.pid, 1.0)).save(tmp_path)
        with Instance(tmp_path).running():
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_instance_is_stopped_from_another_process(tmp_path: Path) -> None:
    owner = start_owner(tmp_path)
    known = running_record(tmp_path)
    assert sorted(stop_from_outside(tmp_path)) == ["broker", "database"]
    assert owner.wait(30) != 0
    assert not any(part.alive() for part in known.parts.values())
    assert stop_from_outside(tmp_path) == []


def start_owner(home: Path) -> subprocess.Popen[bytes]:
    owner = subprocess.Popen([sys.executable, "-c", RUN, str(home)], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"ready\n"
    owner.stdout.close()
    return owner


def test_a_start_that_fails_stops_what_had_started_and_says_why(tmp_path: Path) -> None:
    java = tmp_path / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho this is no java; exit 3\n")
    java.chmod(0o755)
    instance = Instance(tmp_path / "home")
    object.__setattr__(instance._settings, "java_home", tmp_path / "java")
    with pytest.raises(PartError, match=r"3(?s:.*)this is no java"):
        instance.start()
    known = running_record(tmp_path / "home")
    assert known.parts == {}
    assert not is_open(known.ports.database)


def test_a_part_given_from_outside_is_used_and_not_started(tmp_path: Path) -> None:
    given = "postgresql://somebody@127.0.0.1:1/there"
    with Instance(tmp_path, kafka=Cluster("127.0.0.1:1"), database=given).running() as endpoints:
        assert endpoints == Endpoints(Cluster("127.0.0.1:1"), given)
        assert running_record(tmp_path).parts == {}
        assert running_record(tmp_path).external == ("broker", "database")


def test_a_cluster_that_is_not_there_is_unavailable() -> None:
    assert not cluster.answers(Cluster("127.0.0.1:1"), 300)
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1"), cluster.admin(Cluster("127.0.0.1:1"), 300):
        pass


def test_a_topic_that_is_not_the_hubs_is_not_made(parts: Instance) -> None:
    assert parts.endpoints is not None
    with pytest.raises(TopicError, match="elsewhere"):
        topics.ensure(parts.endpoints.kafka, ["elsewhere"], 1)


def test_records_not_yet_loaded_are_counted_by_topic(parts: Instance) -> None:
    from kafka import KafkaProducer

    assert parts.endpoints is not None
    kafka = parts.endpoints.kafka
    name = "intake.340104.reading"
    topics.ensure(kafka, [name], 2)
    with cluster.admin(kafka) as client:
        before = cluster.behind(kafka, [name], {})[name]
        producer = KafkaProducer(**kafka.kafka_python(), max_request_size=17 * 1024 * 1024)
        for partition in (0, 0, 1):
            producer.send(name, value=b"x", partition=partition)
        producer.send(name, value=bytes(16 * 1024 * 1024 - 1024), partition=1).get(60)
        producer.close()
        assert cluster.behind(kafka, [name, "intake.340104.award"], {}) == {name: before + 4}
        assert "intake.340104.reading" in topics.intake_topics(kafka)
        client.delete_topics([name])
