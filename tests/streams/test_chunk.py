"""Chunks and batches keep every record, once, in order."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from streams.batch import Batch
from streams.chunk import Chunk
from streams.records import Records


@dataclass
class Raw:
    offset: int
    key: bytes | None = None
    value: bytes | None = b""
    timestamp: int | None = 0
    headers: tuple[tuple[str, bytes], ...] = ()


def chunk_of(records: list[Raw]) -> Chunk:
    return Chunk("intake.340100.reading", 0, Records.of(records))


BYTES = st.none() | st.binary(max_size=12)
RECORDS = st.lists(st.tuples(BYTES, BYTES), min_size=1, max_size=20).map(
    lambda parts: [Raw(offset * 2 + 5, key, value) for offset, (key, value) in enumerate(parts)]
)


def test_the_digest_is_what_its_definition_says() -> None:
    chunk = chunk_of([Raw(7, b"k", b"abc"), Raw(8, None, None)])
    told = struct.pack(">qq", 7, 8) + struct.pack(">ii", 1, -1) + b"k" + struct.pack(">ii", 3, -1) + b"abc"
    assert chunk.digest() == hashlib.sha256(told).digest()


@given(RECORDS, RECORDS)
def test_different_records_have_different_digests(left: list[Raw], right: list[Raw]) -> None:
    same = [(r.offset, r.key, r.value) for r in left] == [(r.offset, r.key, r.value) for r in right]
    assert (chunk_of(left).digest() == chunk_of(right).digest()) == same


@given(RECORDS, st.integers(0, 60))
def test_since_keeps_the_records_from_an_offset_on(records: list[Raw], offset: int) -> None:
    kept = chunk_of(records).since(offset).records
    assert [one.offset for one in kept] == [one.offset for one in records if one.offset >= offset]
    assert [(one.key, one.value) for one in kept] == [(r.key, r.value) for r in records if r.offset >= offset]


@given(RECORDS, st.integers(0, 20), st.integers(0, 20))
def test_chunks_that_overlap_give_each_record_once(records: list[Raw], cut: int, back: int) -> None:
    first, second = records[: cut or 1], records[max(0, cut - back) :]
    joined = Batch.of([chunk_of(first), chunk_of(second)] if second else [chunk_of(first)])
    (chunk,) = joined.chunks
    offsets = [record.offset for record in chunk.records]
    assert offsets == sorted(set(offsets))
    assert set(offsets) == {record.offset for record in [*first, *second]}


@given(RECORDS)
def test_halving_down_to_single_records_loses_none(records: list[Raw]) -> None:
    def leaves(batch: Batch) -> list[int]:
        if batch.size == 1:
            return [batch.chunks[0].records.row(0).offset]
        first, second = batch.halves()
        return leaves(first) + leaves(second)

    batch = Batch.of([chunk_of(records)])
    assert leaves(batch) == [record.offset for record in records]


def test_kinds_are_settled_with_what_others_refer_to_first() -> None:
    topics = ["intake.340100.reading", "intake.340100.award", "intake.340200.registration", "intake.340200.reading"]
    batch = Batch.of(Chunk(topic, 0, Records.of([Raw(1)])) for topic in topics)
    kinds = batch.kinds()
    assert [source.kind for source in kinds] == ["registration", "award", "reading"]
    reading = kinds[-1].provenance()
    assert reading["publisher"].to_list() == ["340100", "340200"]
    assert reading["chunk"].to_list() == [0, 3]


HEADED = st.lists(st.booleans(), min_size=1, max_size=12).map(
    lambda some: [Raw(at, headers=(("trace", b"%d" % at),) if told else ()) for at, told in enumerate(some)]
)


@given(HEADED, st.integers(0, 12), st.integers(0, 12))
def test_headers_stay_with_their_record_when_records_are_cut_and_joined(raw: list[Raw], one: int, other: int) -> None:
    low, high = sorted((one, other))
    records = Records.of(raw)
    again = Records.join([records.part(0, low), records.part(low, high), records.part(high)])
    assert [(row.offset, row.headers) for row in again] == [(one.offset, one.headers) for one in raw]
