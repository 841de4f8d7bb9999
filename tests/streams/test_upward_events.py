"""What a lower hub tells becomes records for the higher one: the same bytes, once, in order, and with their origin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import wire
from schemas.contract import contract
from schemas.encode import encode
from streams.container import container, containers
from streams.errors import NotUpwardError
from streams.upward_events import Source, records, source_of
from validators.sample import SAMPLES


def sent(revision: int) -> bytes:
    return encode("nil", {name: SAMPLES["nil"][name] for name in contract("nil").names} | {"revision": revision})


def headers(topic: str, partition: int, offsets: list[int]) -> list[tuple[str, bytes | None]]:
    told = {"huiliu.topic": topic, "huiliu.partition": str(partition), "huiliu.offsets": ",".join(map(str, offsets))}
    return [(name, content.encode()) for name, content in told.items()]


@given(offsets=st.sets(st.integers(0, 2**40), min_size=1, max_size=12), partition=st.integers(0, 99))
def test_each_event_goes_up_with_the_bytes_that_were_sent_and_where_they_were(
    offsets: set[int], partition: int
) -> None:
    loaded = [(offset, sent(offset % 1000 + 1)) for offset in sorted(offsets)]
    topic = "intake.340104.nil"
    up = [
        one
        for there, body in containers(loaded)
        for one in records("340000", "nil", body, headers(topic, partition, there))
    ]
    assert [one.value for one in up] == [value for _, value in loaded]
    assert [one.source for one in up] == [Source("340000", topic, partition, offset) for offset, _ in loaded]
    assert {(one.topic, one.key) for one in up} == {("intake.340000.nil", f"{topic}-{partition}".encode())}
    assert [source_of(list(one.source.headers)) for one in up] == [one.source for one in up]


BODY = container(contract("nil").schema_id, [sent(1)[wire.HEADER_BYTES :]])


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        ("nil", b"not a container", headers("intake.340104.nil", 0, [1])),
        ("nil", None, headers("intake.340104.nil", 0, [1])),
        ("nil", BODY, []),
        ("nil", BODY, headers("intake.340104.nil", 0, [1, 2])),
        ("nil", BODY, headers("intake.340104.nil", 0, [2, 1])),
        ("nil", BODY, headers("intake.320102.nil", 0, [1])),
        ("nil", BODY, headers("intake.340104.award", 0, [1])),
        ("award", BODY, headers("intake.340104.award", 0, [1])),
        ("nil", BODY, headers("receipts.340104", 0, [1])),
    ],
)
def test_what_no_relay_wrote_is_refused_with_the_reason(
    kind: str, body: bytes | None, told: list[tuple[str, bytes | None]]
) -> None:
    with pytest.raises(NotUpwardError):
        records("340000", kind, body, told)


@pytest.mark.parametrize("content", [None, b"", b"340000/intake/x/1", b"340000/intake.340104.nil/0"])
def test_a_header_that_says_no_origin_gives_none(content: bytes | None) -> None:
    assert source_of([("huiliu.source", content)]) is None
