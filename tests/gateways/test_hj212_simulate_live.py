"""What simulated monitors say they sent is what the warehouse has, whatever went wrong on the way."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from schemas.topics import HJ212_FRAMES, intake_topic
from simulation.answer_key import AnswerKey
from simulation.monitors import registrations
from simulation.publisher import connected
from tests.conftest import Hub, rows
from tests.gateways.hj212_gateway import HEFEI, MN
from tests.gateways.hj212_served import ready, served

pytestmark = pytest.mark.live

READINGS = """
select extract(epoch from r.start)::bigint * 1000, p.code, r.average, r.minimum, r.maximum, r.flag
from reading r join pollutant p on p.id = r.pollutant order by r.start, p.code
"""
IN_ORDER = 'select source_ref, extract(epoch from start)::bigint * 1000 from reading order by intake, "offset"'
COUNTED = "select sum(accepted), sum(duplicate), sum(quarantined) from intake where topic = :topic"


def huiliu(hub: Hub, *arguments: str) -> Any:
    """The command line, as a user runs it: what its last line says."""
    done = subprocess.run(
        [sys.executable, "-c", "from commands.main import main; main()", *arguments],
        env={**os.environ, **hub.kafka.environ(), "HUILIU_DATABASE": hub.database, "HUILIU_HOME": str(hub.home)},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout.splitlines()[-1])


async def frames_kept(hub: Hub) -> list[tuple[str, bytes]]:
    """Reason and bytes of everything in ``hj212.frames``."""
    consumer = AIOKafkaConsumer(HJ212_FRAMES, **hub.kafka.aiokafka(), auto_offset_reset="earliest")
    await consumer.start()
    try:
        await consumer.getmany(timeout_ms=2_000, max_records=1)
        places = consumer.assignment()
        await consumer.seek_to_beginning(*places)
        left = sum((await consumer.end_offsets(places)).values())
        found = []
        while len(found) < left:
            for records in (await consumer.getmany(timeout_ms=2_000)).values():
                found += [(dict(one.headers)["hj212.reason"].decode(), one.value) for one in records]
        return found
    finally:
        await consumer.stop()


def test_the_warehouse_has_each_frame_once_in_order_and_each_repetition_as_a_duplicate(
    hub: Hub, tmp_path: Path
) -> None:
    ready(hub)
    file = tmp_path / "sent.jsonl"
    with connected(hub.kafka) as publisher:
        publisher.send(registrations([MN], HEFEI, AnswerKey()))
    hub.worker()
    hub.wait_for(1)
    with served(hub) as gateway:
        told = huiliu(
            hub, "hj212", "simulate", "--mn", MN, "--port", str(gateway.port), "--rate", "40", "--seconds", "1.25",
            "--edition", "2025", "--faults", "crc,split,duplicate,late,clock", "--sent", str(file), "--json",
        )  # fmt: skip
        assert 'huiliu_hj212_refused_total{reason="crc"} 2.0' in gateway.metrics()
    messages = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert (told["messages"], told["acknowledged"], told["failed"]) == (50, 50, 0)
    assert told["faults"] == {"crc": 2, "split": 2, "duplicate": 2, "late": 2, "clock": 2}
    copies = sum(message["copies"] for message in messages) * 5
    hub.wait_for(1 + copies)

    assert rows(hub, READINGS) == sorted(
        (message["start"], one["pollutant"], one["average"], one.get("minimum"), one.get("maximum"), one["flag"])
        for message in messages
        for one in message["readings"]
    )
    topic = intake_topic(HEFEI, "reading")
    assert copies == 250 + 2 * 5
    assert rows(hub, COUNTED, {"topic": topic}) == [(250, 10, 0)]
    split = [message for message in messages if message["fault"] == "split"]
    whole = {message["start"] for message in messages} - {message["start"] for message in split}
    sent = [str(qn) for qn, start in rows(hub, IN_ORDER) if start in whole]
    assert sent == sorted(sent)

    kept = asyncio.run(frames_kept(hub))
    assert sorted(one for reason, one in kept if reason == "packet") == sorted(
        f"{frame}\r\n".encode() for message in split for frame in message["frames"]
    )
    # The very first frame was broken too: it came before the monitor had proved itself, so it was only refused.
    assert len([one for reason, one in kept if reason == "crc"]) == 1

    first = rows(
        hub,
        'select i.partition, r."offset", o.mn from reading r join intake i on i.id = r.intake'
        " join outlet o on o.id = r.outlet order by r.start limit 1",
    )[0]
    opened = huiliu(hub, "explain", "offset", topic, str(first[0]), str(first[1]), "--json")
    frame = next(one["value"] for one in opened["record"]["headers"] if one["name"] == "hj212.frame")
    explained = huiliu(hub, "hj212", "explain", frame, "--json")
    assert explained["crc_ok"]
    assert explained["edition"] == "2025"
    assert min(messages, key=lambda message: message["start"])["frames"] == [frame.rstrip()]
