"""Everything a broken sender can put into a topic, at once: each gets its finding, the good ones are loaded."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from kafka import KafkaProducer
from sqlalchemy import text

from schemas.contract import contract
from schemas.encode import encode
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

CITY = "340100"
HOUR = 3_600_000
YEAR_0, YEAR_9999 = -62_167_219_200_000, 253_402_300_799_000
PAST = {"reported_at": 1_790_000_000_000}


class Bad(NamedTuple):
    """What is sent to a topic of this kind, and the code its first finding must have; None where any error will do."""

    kind: str
    value: bytes | None
    code: str | None


def event(kind: str, **changes: Any) -> dict[str, Any]:
    names = contract(kind).names
    return {name: SAMPLES[kind][name] for name in names} | changes


def reading(hour: int, **changes: Any) -> bytes:
    start = SAMPLES["reading"]["start"] - (1000 + hour) * HOUR
    return encode("reading", event("reading", start=start, reported_at=start + HOUR, **changes))


def with_double(name: str, value: float, hour: int) -> bytes:
    """A reading with a number that the encoder would refuse, written over the bytes of a mark."""
    mark = 123456.789
    good = reading(hour, **{name: mark})
    assert good.count(struct.pack("<d", mark)) == 1
    return good.replace(struct.pack("<d", mark), struct.pack("<d", value))


def bad_bytes() -> Iterator[Bad]:
    good, header = reading(0), 5
    yield Bad("reading", b"\xde\xad\xbe\xef", "FR-MAGIC-01")
    yield Bad("reading", b"\x00\x00", None)
    yield Bad("reading", good[:1] + (999_999).to_bytes(4, "big") + good[header:], "FR-ID-01")
    yield Bad("reading", b"", "FR-EMPTY-01")
    yield Bad("reading", None, "FR-EMPTY-01")
    yield Bad("reading", good + bytes(10 << 20), "FR-SIZE-01")
    yield Bad("reading", good + good[header:], "AV-DATUM-01")
    yield Bad("reading", good[:-3], "AV-DATUM-01")
    yield Bad("reading", good[:6] + b"\xed\xa0\x80" + good[9:], "AV-UTF8-01")


def bad_content() -> Iterator[Bad]:
    yield Bad("reading", reading(1, division="320100"), None)
    yield Bad("reading", reading(2, mn="0" * 24), None)
    for hour, value in enumerate((math.nan, math.inf, -math.inf, 1e308, 1e15), start=10):
        for name in ("average", "corrected", "cumulative"):
            yield Bad("reading", with_double(name, value, hour), None)
    for start in (YEAR_0, YEAR_9999, 2**62, -(2**62)):
        yield Bad("reading", encode("reading", event("reading", start=start, **PAST)), None)
        yield Bad("project", encode("project", event("project", reported_at=start)), None)
    yield Bad("reading", encode("reading", event("reading", mn="A" * 500_000, **PAST)), None)
    for amount in (2**53 + 1, 2**63 - 1, -(2**63)):
        for name in ("planned_investment", "cumulative_investment", "equipment_investment"):
            yield Bad("project", encode("project", event("project", **{name: amount}, **PAST)), None)
    for day in (-719_528, 2_932_896, 2**31 - 1, -(2**31)):
        yield Bad("project", encode("project", event("project", planned_start=day, **PAST)), None)
        yield Bad("registration", encode("registration", limits_from(day)), None)
    for kind, name in (
        ("project", "name"),
        ("registration", "outlet_name"),
        ("nil", "reason"),
        ("reading", "source_ref"),
    ):
        yield Bad(kind, encode(kind, event(kind, **{name: "a\x00b"}, **PAST)), None)
    yield Bad("project", encode("project", event("project", responsible_person="", month="0000-00", **PAST)), None)
    for value in (math.nan, math.inf, 1e300):
        yield Bad("indicator", indicator_of(value), None)


def indicator_of(value: float) -> bytes:
    mark = 123456.789
    good = encode("indicator", event("indicator", value=mark, **PAST))
    return good.replace(struct.pack("<d", mark), struct.pack("<d", value))


def limits_from(day: int) -> Mapping[str, Any]:
    limits = [{**SAMPLES["registration"]["limits"][0], "valid_from": day}]
    return event("registration", mn="010000A8900016F000169DC1", limits=limits, **PAST)


def test_every_bad_record_gets_its_finding_and_holds_nothing_up(
    hub: Any, producer: KafkaProducer, prove: Callable[..., None]
) -> None:
    hub.publish_for(CITY, "reading", "project", "registration", "nil", "indicator")
    producer.send(f"intake.{CITY}.registration", value=encode("registration", event("registration", **PAST)))
    producer.flush()
    hub.worker()
    hub.wait_for(1)
    bad = [*bad_bytes(), *bad_content()]
    sent = []
    for number, one in enumerate(bad):
        producer.send(f"intake.{CITY}.reading", value=reading(100 + number), partition=0)
        headers = [("trace", b"\x00\xff"), ("empty", b"")]
        sent.append(producer.send(f"intake.{CITY}.{one.kind}", one.value, b"k\x00", headers, partition=0))
    producer.flush()
    hub.wait_for(1 + 2 * len(bad))
    places = [future.get(1) for future in sent]
    with hub.warehouse.read() as connection:
        kept = {
            (row.topic, row.partition, row.offset): row
            for row in connection.execute(
                text(
                    'select i.topic, i.partition, q."offset", q.value, q.key, f.code from quarantine q'
                    " join intake i on i.id = q.intake join finding f on f.intake = q.intake"
                    ' and f."offset" = q."offset" and f.seq = 0'
                )
            )
        }
        loaded = connection.execute(text("select count(*) from reading")).scalar_one()
    wrong = []
    for one, place in zip(bad, places, strict=True):
        row = kept.get((place.topic, place.partition, place.offset))
        told = (one.kind, one.code, (one.value or b"")[:400])
        if row is None:
            wrong.append((told, "was loaded"))
        elif (row.value, row.key) != (one.value, b"k\x00"):
            wrong.append((told, "other bytes are kept"))
        elif one.code not in (None, row.code):
            wrong.append((told, row.code))
    assert not wrong, "\n".join(map(str, wrong))
    assert loaded == len(bad)
    prove()
