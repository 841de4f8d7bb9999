"""Containers come apart into the very datums that were put in, and what is no container says so."""

from __future__ import annotations

import io

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import object_container, wire
from schemas.contract import KINDS, contract
from schemas.encode import encode
from schemas.errors import ContainerError, ForeignContractError
from streams.container import container
from validators.sample import SAMPLES


def datum(kind: str, **changes: object) -> bytes:
    of = contract(kind)
    return encode(kind, {name: SAMPLES[kind][name] for name in of.names} | changes)[wire.HEADER_BYTES :]


@given(kind=st.sampled_from(KINDS), revisions=st.lists(st.integers(1, 2**31 - 1), min_size=1, max_size=20))
def test_a_container_comes_apart_into_the_datums_that_were_put_in(kind: str, revisions: list[int]) -> None:
    sent = [datum(kind, revision=revision, source_ref="编号" + "x" * (revision % 7)) for revision in revisions]
    opened = object_container.opened(container(contract(kind).schema_id, sent))
    assert (opened.contract, opened.datums) == (contract(kind), sent)


def test_a_container_that_another_library_wrote_comes_apart_too() -> None:
    of, written = contract("nil"), io.BytesIO()
    events = [{name: SAMPLES["nil"][name] for name in of.names} | {"revision": revision} for revision in (1, 2)]
    fastavro.writer(written, fastavro.parse_schema(dict(of.schema)), events, sync_interval=1)
    assert len(object_container.opened(written.getvalue()).datums) == 2


@given(data=st.data())
def test_a_damaged_container_is_refused_and_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(container(contract("nil").schema_id, [datum("nil"), datum("nil", revision=2)]))
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.booleans())
    mutated = bytes(whole[:at]) if cut else bytes(whole[:at]) + bytes([whole[at] ^ 0xFF]) + bytes(whole[at + 1 :])
    try:
        opened = object_container.opened(mutated)
    except (ContainerError, ForeignContractError):
        return
    assert sum(map(len, opened.datums)) <= len(whole)  # a byte inside a text: still datums


def test_a_contract_that_is_not_ours_stops_instead_of_being_guessed() -> None:
    body = container(contract("nil").schema_id, [datum("nil")])
    with pytest.raises(ForeignContractError, match="nil v9"):
        object_container.opened(body.replace(b'"version":1', b'"version":9'))
