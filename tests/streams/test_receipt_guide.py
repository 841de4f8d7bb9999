"""What the guide tells third parties to compute is what the ledger computes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiliu.outcome import Outcome
from schemas.receipt import pack_outcomes, receipt
from sinks import ledger
from streams.chunk import digest
from streams.records import Record, Records

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "ledger-and-receipts.md").read_text("utf-8")
TOPIC = "intake.340100.reading"

payloads = st.none() | st.binary(max_size=20)


@pytest.fixture(scope="module")
def program() -> dict[str, Any]:
    """The names that the guide's program defines."""
    (source,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    names: dict[str, Any] = {"__name__": "check_receipts"}
    exec(compile(source, "ledger-and-receipts.md", "exec"), names)
    return names


@given(offsets=st.sets(st.integers(0, 2**62), max_size=8), data=st.data())
def test_the_digest_of_the_guide_is_the_ledgers(
    program: dict[str, Any], offsets: set[int], data: st.DataObject
) -> None:
    ordered = sorted(offsets)
    records: list[Any] = [Record(offset, 0, data.draw(payloads), data.draw(payloads), ()) for offset in ordered]
    assert program["raw_digest"](records) == digest(Records.of(records)).hex()


@given(
    outcomes=st.lists(st.sampled_from([*Outcome]), min_size=1, max_size=40),
    first=st.integers(0, 2**40),
    previous=st.just(b"") | st.binary(min_size=32, max_size=32),
    not_evaluated=st.dictionaries(st.sampled_from(["RD-OUTLET-01", "HL-JUR-01", "AW-CAP-01"]), st.integers(1, 99)),
)
def test_the_hash_that_the_guide_computes_from_a_receipt_is_the_ledgers(
    program: dict[str, Any], outcomes: list[Outcome], first: int, previous: bytes, not_evaluated: dict[str, int]
) -> None:
    entry = entry_of(outcomes, first, not_evaluated)
    chained = ledger.chain(previous, TOPIC, 3, entry)
    columns = {name: getattr(entry, name) for name in ledger.Entry.__slots__}
    told = {
        "topic": TOPIC,
        "partition": 3,
        "previous_hash": previous,
        "hash": chained,
        "recorded_at": datetime.now(UTC),
    }
    body = json.loads(receipt({**columns, **told}))
    assert program["chain_hash"](previous.hex(), body) == chained.hex() == body["hash"]


def entry_of(outcomes: list[Outcome], first: int, not_evaluated: dict[str, int]) -> ledger.Entry:
    count = outcomes.count
    return ledger.Entry(
        intake=1,
        first_offset=first,
        next_offset=first + len(outcomes),
        records=len(outcomes) - count(Outcome.GAP),
        gaps=count(Outcome.GAP),
        accepted=count(Outcome.ACCEPTED),
        corrected=count(Outcome.CORRECTED),
        duplicate=count(Outcome.DUPLICATE),
        stale=count(Outcome.STALE),
        quarantined=count(Outcome.QUARANTINED),
        outcomes=pack_outcomes(np.array(outcomes, np.uint8)),
        raw_sha256=bytes(range(32)),
        rule_set="0123456789ab",
        not_evaluated=not_evaluated,
    )


def test_the_receipt_that_the_guide_shows_hashes_to_what_it_says(program: dict[str, Any]) -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE, re.S)
    body = json.loads(shown)
    assert program["chain_hash"](body["previous_hash"], body) == body["hash"]
