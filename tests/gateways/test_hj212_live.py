"""From a monitor's frames to rows of the warehouse, with a real broker and database."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
import time
from typing import Any

import pytest
from sqlalchemy import text

from deploy.instance import Instance
from gateways.hj212 import forwarding, frame
from gateways.hj212.segment import parse
from huiliu.clock import now_ms
from schemas.topics import HJ212_FRAMES, intake_topic
from sinks import devices
from sinks.devices import Device
from tests.conftest import Hub, rows, until
from tests.gateways.hj212_gateway import HEFEI, MN, segment
from tests.gateways.hj212_served import Served, ready, served
from tests.gateways.test_hj212_forwarding import Peer, answered

pytestmark = pytest.mark.live


def scalar(hub: Hub, statement: str) -> Any:
    with hub.warehouse.read() as connection:
        return connection.execute(text(statement)).scalar_one()


def frames(hub: Hub) -> list[bytes]:
    """The frames that quarantined readings came in."""
    with hub.warehouse.read() as connection:
        rows = connection.execute(text('select headers from quarantine order by "offset"')).scalars().all()
    return [base64.b64decode(dict(json.loads(bytes(row)))["hj212.frame"]) for row in rows]


def test_what_a_monitor_sends_is_quarantined_or_loaded_with_its_frame(hub: Hub) -> None:
    ready(hub)
    raw = frame.build(segment("2061", "DataTime=20260501000000;a34013-Avg=1.5,a34013-Flag=N"))
    with served(hub) as gateway, socket.create_connection(("127.0.0.1", gateway.port), 10) as line:
        line.sendall(raw)
        line.settimeout(30)
        assert b"CN=9014" in line.recv(4096)
        hub.worker()
        hub.wait_for(1)
        # No outlet is registered under the MN: the reading waits in quarantine, with the frame it came in.
        assert scalar(hub, "select count(*) from quarantine") == 1
        assert frames(hub) == [raw]
        until(lambda: scalar(hub, "select count(*) from device_seen") == 1, "when the monitor was heard")
        assert "huiliu_hj212_readings_total 1.0" in gateway.metrics()


def test_a_suspended_monitor_is_refused_within_the_refresh_time(hub: Hub) -> None:
    ready(hub)
    with served(hub) as gateway, socket.create_connection(("127.0.0.1", gateway.port), 10) as line:
        line.settimeout(30)
        line.sendall(frame.build(segment()))
        assert b"CN=9014" in line.recv(4096)
        with hub.warehouse.batch() as connection:
            known = devices.find(connection, MN)
            assert known is not None
            devices.put(connection, Device(mn=MN, division=known.division, suspended=True))

        def refused() -> bool:
            line.sendall(frame.build(segment()))
            return b"QnRtn=2" in line.recv(4096)

        until(refused, "the suspended monitor is refused", 30)


def test_frames_are_relayed_to_a_platform_that_goes_away_and_comes_back_and_progress_is_kept(hub: Hub) -> None:
    ready(hub)
    sent_frames = [
        frame.build(segment(cn, f"DataTime=2026050100000{n};a34013-Rtd={n},a34013-Flag=N", QN=f"2026050100000{n}001"))
        for n, cn in enumerate(["2011", "2011", "2021", "2011"])
    ]
    with served(hub) as gateway, socket.create_connection(("127.0.0.1", gateway.port), 10) as line:
        line.settimeout(30)
        line.sendall(b"".join(sent_frames))
        seen = b""
        while seen.count(b"CN=9014") < 4:
            seen += line.recv(4096)

    async def relayed(other: Peer, expected: int, away: float = 0.0) -> None:
        stop, platform = asyncio.Event(), forwarding.Platform("127.0.0.1", other.port, 2.0, away=0.2)
        topics = [intake_topic(HEFEI, "reading"), HJ212_FRAMES]
        work = asyncio.ensure_future(forwarding.forward(hub.kafka, topics, "relay", platform, stop))
        if away:
            await asyncio.sleep(away)
            await other.open()
        deadline = time.monotonic() + 60
        while platform.counts["answered"] < expected and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        await asyncio.sleep(1.0)
        stop.set()
        await work
        await other.close()
        assert platform.counts["answered"] == expected

    async def scenes() -> None:
        other = Peer(lambda to, _: b"" if len(other.heard) == 2 else answered(to))
        await other.open()
        await other.close()  # away at first; then it comes, hangs up at the second frame, and comes again
        await relayed(other, 4, away=3.0)
        told = [parse(frame.read(one).segment).field("QN") for one in sent_frames]
        # Of one topic in order, each once but for that which was on its way when the line broke.
        assert sorted(set(other.heard)) == told
        assert len(other.heard) <= 4 + 3
        other.heard.clear()
        await other.open()
        await relayed(other, 0)
        assert other.heard == []

    asyncio.run(scenes())


def packet(pno: int, hour: int, pnum: int = 3) -> bytes:
    """A packet of an hour's message, each with a factor of its own."""
    cp = f"DataTime=2026050100{hour:02d}00;a2102{pno}-Rtd={pno}.5,a2102{pno}-Flag=N"
    return frame.build(segment("2011", cp, QN=f"202605010{hour}0000{pno}00", Flag="7", PNUM=str(pnum), PNO=str(pno)))


def acknowledged(gateway: Served, *sent: bytes) -> None:
    """Send frames over a line of their own and hear an acknowledgement of each."""
    with socket.create_connection(("127.0.0.1", gateway.port), 10) as line:
        line.settimeout(30)
        seen = b""
        line.sendall(b"".join(sent))
        while seen.count(b"CN=9014") < len(sent):
            data = line.recv(4096)
            assert data, seen
            seen += data


FINDINGS = """
select q.key, q.value, f.value, f.expected from finding f join quarantine q using (intake, "offset")
where f.code = 'RD-PACKET-01'
"""


@pytest.mark.drill
def test_packets_outlive_the_gateway_that_took_them_and_what_is_missing_is_told(hub: Hub) -> None:
    ready(hub)
    with served(hub, HUILIU_HJ212_PACKET_SECONDS="3") as first:
        acknowledged(first, packet(1, 1), packet(1, 2, 2))
        first.process.kill()
        first.process.wait()
    with served(hub, HUILIU_HJ212_PACKET_SECONDS="3") as second:
        acknowledged(second, packet(3, 1), packet(2, 2, 2))
        hub.worker()
        until(lambda: rows(hub, FINDINGS), "the publisher is told of the packet that is missing")
        told = rows(hub, FINDINGS)
        assert [(bytes(key), bytes(value), *rest) for key, value, *rest in told] == [
            (
                MN.encode(),
                packet(1, 1) + packet(3, 1),
                "CN=2011;DataTime=20260501000100;PNUM=3;PNO=1,3",
                "PNO=2",
            )
        ]
        # Both messages' readings, though no gateway had all packets of either; no outlet is registered for them.
        until(lambda: scalar(hub, "select count(*) from quarantine") == 5, "the readings in what came")
        assert "huiliu_hj212_incomplete_total 1.0" in second.metrics()


@pytest.mark.drill
def test_nothing_acknowledged_is_lost_when_the_broker_is_killed_under_the_gateway(hub: Hub, parts: Instance) -> None:
    ready(hub)
    with served(hub) as gateway, socket.create_connection(("127.0.0.1", gateway.port), 10) as line:
        line.settimeout(60)
        first = now_ms() // 1000 * 1000
        for number in range(300):
            qn = f"20260501{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}001"
            # Every second message of two packets: each is acknowledged by itself.
            of = {"Flag": "7", "PNUM": "2", "PNO": str(number % 4 - 1)} if number % 4 in (2, 3) else {}
            time_ = f"{qn[:12]}{number // 4 * 4 % 60:02d}" if of else qn[:14]
            cp = f"DataTime={time_};a2102{number % 4}-Rtd={number},a2102{number % 4}-Flag=N"
            line.sendall(frame.build(segment("2011", cp, QN=qn, **of)))
            if number == 100:
                parts.restart("broker")
        seen = b""
        while seen.count(b"CN=9014") < 300:
            data = line.recv(65_536)
            assert data, "the gateway hung up"
            seen += data
        answered = {part[:17].decode() for part in seen.split(b"QN=")[1:]}
        assert len(answered) == 300
        assert now_ms() - first < 240_000
    hub.worker()
    hub.wait_for(300)
    assert {qn[3:].decode() for raw in frames(hub) for qn in re.findall(rb"QN=[0-9]{17}", raw)} == answered
