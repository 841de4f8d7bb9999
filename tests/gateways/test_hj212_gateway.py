"""The gateway takes what it may, answers as each edition wants, and acknowledges only what Kafka has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiokafka.errors import KafkaError

from gateways.hj212 import crc, simulated, sm4
from gateways.hj212.frame import Check
from gateways.hj212.segment import Edition, Segment
from gateways.hj212.server import keys
from huiliu.clock import now_ms
from huiliu.errors import SettingError
from schemas.decode import decode
from schemas.topics import HJ212_FRAMES
from sinks.devices import Device
from tests.gateways.hj212_gateway import HEFEI, KEY, KNOWN, MN, Stage, run, segment, sent, until

INTAKE = f"intake.{HEFEI}.reading"


def reasons(made: Stage) -> list[str]:
    """Why each record of ``hj212.frames`` is kept."""
    return [dict(one.headers)["hj212.reason"].decode() for one in made.log.records if one.topic == HJ212_FRAMES]


def head(answer: Segment, *names: str) -> list[str | None]:
    return [answer.field(name) for name in names]


def test_a_data_frame_becomes_readings_with_its_bytes_and_is_acknowledged() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent())
        answer = await monitor.hear()
        assert head(answer, "QN", "ST", "CN", "MN", "Flag") == ["20260501000000123", "91", "9014", MN, "4"]
        (record,) = made.log.records
        assert (record.topic, record.key) == (INTAKE, MN.encode())
        assert dict(record.headers)["hj212.frame"] == sent()
        assert decode("reading", [record.value], record_bytes=1 << 20).frame["average"].to_list() == [1.5]

    run(scene)


def test_nothing_is_acknowledged_before_kafka_has_it_and_never_what_it_refused() -> None:
    async def scene(made: Stage) -> None:
        made.log.confirming = False
        monitor = await made.monitor()
        await monitor.send(sent())
        await until(lambda: made.log.undecided)
        assert await monitor.silence()
        made.log.confirm(KafkaError())
        assert await monitor.silence()
        await monitor.send(sent(QN="20260501000000456"))
        assert head(await monitor.hear(), "QN", "CN") == ["20260501000000456", "9014"]

    run(scene)


@pytest.mark.parametrize(
    ("flag", "expected"),
    [("1", ("0", None)), ("5", ("4", "20260501000000123")), ("9", ("8", "20260501000000123"))],
)
def test_each_edition_is_answered_in_its_own_way(flag: str, expected: tuple[str, str | None]) -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent(Flag=flag))
        answer = await monitor.hear()
        assert head(answer, "Flag", "QN") == list(expected)
        assert answer.cp == (((("QN", "20260501000000123"),),) if flag == "1" else ())

    run(scene)


@pytest.mark.parametrize("flag", ["0", "4", "8", ""])
def test_who_asks_for_no_answer_gets_none(flag: str) -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent(Flag=flag))
        await until(lambda: made.log.records)
        assert await monitor.silence(0.05)

    run(scene)


@pytest.mark.parametrize(
    ("frame", "device", "qn_rtn"),
    [
        (sent(MN="0" * 24), KNOWN, "4"),
        (sent(PW="654321"), KNOWN, "3"),
        (sent()[:-6] + b"0000\r\n", KNOWN, "9"),
        (sent(check=Check.MODBUS), KNOWN, "9"),
        (sent(), replace(KNOWN, suspended=True), "2"),
        (sent(), replace(KNOWN, allow=("10.0.0.0/8",)), "2"),
        (sent(), replace(KNOWN, deny=("127.0.0.0/8",)), "2"),
        (sent(PNUM="3", PNO="4", Flag="7"), KNOWN, "6"),
    ],
)
def test_what_may_not_come_in_is_told_why_and_leaves_nothing(frame: bytes, device: Device, qn_rtn: str) -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(frame)
        answer = await monitor.hear()
        assert answer.field("CN") == "9011"
        assert (("QnRtn", qn_rtn),) in (answer.cp or ())
        assert not made.log.records

    run(scene, device)


def test_a_broken_frame_of_a_monitor_that_has_proved_itself_is_kept_as_it_came_and_of_no_other() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        broken = sent()[:-6] + b"0000\r\n"
        for frame in (broken, sent(QN="20260501000000456"), broken, broken.replace(b"PW=123456", b"PW=654321")):
            await monitor.send(frame)
            await monitor.hear()
        kept = [record for record in made.log.records if record.topic == HJ212_FRAMES]
        assert [(one.value, dict(one.headers)["hj212.reason"]) for one in kept] == [(broken, b"crc")]
        assert b"HJ-FR-CRC" in dict(kept[0].headers)["hj212.doubts"]

    run(scene)


def test_a_monitor_may_use_the_check_that_its_register_entry_admits() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent(check=Check.MODBUS), sent())
        assert [(await monitor.hear()).field("CN") for _ in range(1)] == ["9014"]

    run(scene, replace(KNOWN, crc="modbus"))


def test_refused_again_and_again_the_connection_is_closed_and_others_go_on() -> None:
    async def scene(made: Stage) -> None:
        rude, kind = await made.monitor(), await made.monitor()
        await rude.send(*[sent(MN="nobody")] * 3)
        with pytest.raises((EOFError, ConnectionError)):
            for _ in range(4):
                await rude.hear()
        await kind.send(sent())
        assert (await kind.hear()).field("CN") == "9014"

    run(scene, refusals=3)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 1, 3)])
def test_packets_in_any_order_become_one_message_and_each_is_acknowledged(order: tuple[int, ...]) -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        for at, pno in enumerate(order):
            cp = f"DataTime=20260501000000;a2102{pno}-Avg={pno}.5,a2102{pno}-Flag=N"
            await monitor.send(sent("2061", cp, QN=f"2026050100000053{at}", Flag="7", PNUM="3", PNO=str(pno)))
            assert (await monitor.hear()).field("CN") == "9014"
        await until(lambda: reasons(made)[-1] == "whole")
        assert reasons(made) == ["packet"] * len(order) + ["whole"]
        readings = [record for record in made.log.records if record.topic == INTAKE]
        assert decode("reading", [record.value for record in readings], record_bytes=1 << 20).frame[
            "average"
        ].to_list() == [1.5, 2.5, 3.5]
        assert dict(readings[0].headers)["hj212.frame"].count(b"##") == 3

    run(scene)


def packet(pno: int, pnum: int = 2, *, qn: str = "1", time: str = "DataTime=20260501000000;", size: int = 0) -> bytes:
    cp = f"{time}a2102{pno}-Avg={pno}.5{'0' * size},a2102{pno}-Flag=N"
    return sent("2061", cp, QN=f"202605010000005{qn:0>2}", Flag="7", PNUM=str(pnum), PNO=str(pno))


def test_a_packet_that_comes_again_after_its_message_was_whole_opens_no_new_one() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        for frame in (packet(1), packet(2), packet(2, qn="2"), packet(1, qn="3")):
            await monitor.send(frame)
            assert (await monitor.hear()).field("CN") == "9014"
        assert len([record for record in made.log.records if record.topic == INTAKE]) == 2
        made.gateway.sweep()
        assert reasons(made) == ["packet", "packet", "whole", "packet", "packet"]

    run(scene)


def test_when_kafka_refuses_the_last_packet_the_message_is_sent_whole_with_the_next_try() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(packet(1))
        await monitor.hear()
        made.log.confirming = False
        await monitor.send(packet(2))
        await until(lambda: made.log.undecided)
        made.log.confirm(KafkaError())
        made.log.records.clear()
        await monitor.send(packet(2, qn="2"))
        assert (await monitor.hear()).field("CN") == "9014"
        assert len([record for record in made.log.records if record.topic == INTAKE]) == 2

    run(scene)


def test_a_packet_without_time_belongs_to_the_message_around_it_whichever_comes_first() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        for first, then in (
            (packet(1), packet(2, time="")),
            (packet(2, time=""), packet(1, time="DataTime=20260502000000;")),
        ):
            await monitor.send(first, then)
            assert [(await monitor.hear()).field("CN") for _ in range(2)] == ["9014", "9014"]
        assert len([record for record in made.log.records if record.topic == INTAKE]) == 4

    run(scene)


def test_a_message_larger_than_one_may_be_is_refused_packet_by_packet() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        answers = []
        for pno in range(1, 11):
            await monitor.send(packet(pno, 20, size=9_000))
            answers.append((await monitor.hear()).field("CN"))
        assert answers == ["9014"] * 8 + ["9011"] * 2

    run(scene, refusals=20)


@pytest.mark.parametrize("cn", ["2021", "2041", "2081", "2111", "3020", "7777"])
def test_what_no_contract_carries_is_kept_verbatim_and_acknowledged(cn: str) -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        frame = sent(cn, "DataTime=20260501000000;SB1-RS=1")
        await monitor.send(frame)
        assert (await monitor.hear()).field("CN") == "9014"
        (record,) = made.log.records
        assert (record.topic, record.key, record.value) == (HJ212_FRAMES, MN.encode(), frame)

    run(scene)


def test_data_without_any_reading_in_them_are_kept_too() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent("2011", "a34013-Rtd=1.5"))
        assert (await monitor.hear()).field("CN") == "9014"
        (record,) = made.log.records
        assert record.topic == HJ212_FRAMES
        assert b"HJ-RD-TIME" in dict(record.headers)["hj212.doubts"]

    run(scene)


def test_a_heartbeat_is_answered_and_a_clock_that_asks_is_set() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent("9015", "", Flag="9"))
        assert (await monitor.hear()).field("CN") == "9014"
        await monitor.send(sent("1013", "PolId=a34013"))
        assert (await monitor.hear()).field("CN") == "9013"
        order = await monitor.hear()
        assert head(order, "CN", "Flag") == ["1012", "5"]
        assert (order.cp or ())[0][0][0] == "SystemTime"

    run(scene)


def test_a_clock_that_drifts_is_noticed_and_set_once_where_the_register_allows_it() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        await monitor.send(sent(), sent())
        assert sorted([(await monitor.hear()).field("CN") or "" for _ in range(3)]) == ["1012", "9014", "9014"]
        drift = made.gateway.seen()[MN].drift_ms
        assert drift is not None
        assert drift < -60_000 or drift > 60_000
        assert now_ms()

    run(scene, replace(KNOWN, set_clock=True))


def test_sealed_data_are_opened_and_kept_as_they_came() -> None:
    async def scene(made: Stage) -> None:
        clear = segment(cp="DataTime=20260501000000;a34013-Rtd=1.5,a34013-Flag=N", Flag="9")
        sealed = sm4.seal(clear, KEY)
        raw = b"##%04d%s%04X\r\n" % (len(sealed), sealed, crc.standard(clear))
        monitor = await made.monitor()
        await monitor.send(raw)
        assert (await monitor.hear()).field("CN") == "9014"
        (record,) = made.log.records
        assert record.topic == INTAKE
        assert dict(record.headers)["hj212.frame"] == raw

    run(scene)


def test_frames_after_noise_and_in_pieces_are_taken_and_an_end_of_stream_loses_none() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        stream = b"\x00rubbish##12" + sent() + b"##0005abc\r\n" + sent(QN="20260501000000456")
        for at in range(0, len(stream), 7):
            await monitor.send(stream[at : at + 7])
        monitor.writer.write_eof()
        assert [(await monitor.hear()).field("QN") for _ in range(2)] == ["20260501000000123", "20260501000000456"]
        with pytest.raises(EOFError):
            await monitor.hear()

    run(scene)


@pytest.mark.parametrize("edition", list(Edition))
def test_simulated_monitors_with_every_fault_get_everything_acknowledged(edition: Edition) -> None:
    async def scene(made: Stage) -> None:
        plan = simulated.Plan(
            host="127.0.0.1",
            port=made.port,
            edition=edition,
            rate=200.0,
            frames=50,
            faults=simulated.FAULTS,
            answer=2.0,
        )
        told = await simulated.simulate([MN], plan)
        assert (told.counts["messages"], told.counts["acknowledged"]) == (50, 50)
        assert told.counts["refused_9"] == told.counts["resent"] == told.faults["crc"] == 2
        readings = [record.value for record in made.log.records if record.topic == INTAKE]
        keys_seen = decode("reading", readings, record_bytes=1 << 20).frame.select("pollutant", "start").unique()
        assert keys_seen.height == 50 * 5

    run(scene)


def test_keys_come_only_from_a_file_that_nobody_else_may_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "keys"
    file.write_text("# name key\none 30303030303030303030303030303030\n", encoding="utf-8")
    file.chmod(0o644)
    with pytest.raises(SettingError):
        keys(file)
    file.chmod(0o600)
    assert keys(file) == {"one": b"0" * 16}
