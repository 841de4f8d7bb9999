"""Receipts are checked from their own text: whatever is altered, dropped, re-dated or told differently is found."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiliu.outcome import Outcome
from schemas.receipt import receipt
from sinks import ledger
from streams import signing
from streams.errors import KeyFileError
from streams.receipt_check import Account

TOPIC = "intake.340100.reading"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> signing.Signer:
    return signing.ensure(tmp_path_factory.mktemp("home") / "receipt_key.pem")


def chain_of(
    chunks: Iterable[list[Outcome]],
    signer: signing.Signer | None,
    previous: bytes = b"",
    first: int = 0,
    partition: int = 0,
) -> list[dict[str, Any]]:
    """Receipts as the relay makes them, of chunks that follow each other."""
    told = []
    for outcomes in chunks:
        entry = _entry(bytes(outcomes), first)
        hashed = ledger.chain(previous, TOPIC, partition, entry)
        columns = {name: getattr(entry, name) for name in ledger.Entry.__slots__}
        place = {"topic": TOPIC, "partition": partition, "previous_hash": previous, "hash": hashed}
        told.append(json.loads(receipt({**columns, **place, "recorded_at": datetime.now(UTC)}, signer)))
        first, previous = entry.next_offset, hashed
    return told


def _entry(outcomes: bytes, first: int) -> ledger.Entry:
    counts = [outcomes.count(outcome) for outcome in Outcome]
    names = ("accepted", "corrected", "duplicate", "stale", "quarantined")
    return ledger.Entry(
        intake=1, first_offset=first, next_offset=first + len(outcomes), records=len(outcomes) - counts[Outcome.GAP],
        gaps=counts[Outcome.GAP], outcomes=zlib.compress(outcomes), raw_sha256=bytes(range(32)),
        rule_set="0123456789ab", not_evaluated={"RD-SPIKE-01": 3}, **dict(zip(names, counts, strict=False)),
    )  # fmt: skip


def faults(receipts: Iterable[Any], *trusted: str) -> list[str]:
    account = Account(frozenset(trusted))
    found = [fault.code for one in receipts for fault in account.check(json.dumps(one).encode())]
    return found + [fault.code for fault in account.at_the_end()]


CHUNKS = st.lists(st.lists(st.sampled_from([*Outcome]), min_size=1, max_size=12), min_size=1, max_size=5)


@given(chunks=CHUNKS)
def test_what_the_relay_writes_holds(signer: signing.Signer, chunks: list[list[Outcome]]) -> None:
    receipts = chain_of(chunks, signer)
    assert faults(receipts, signer.public) == []
    assert faults([one for one in receipts for _ in range(2)]) == [], "told twice does no harm"
    assert faults(receipts[1:]) == [], "a file may begin later"


@given(chunks=CHUNKS, data=st.data())
def test_nothing_can_be_altered_unnoticed(
    signer: signing.Signer, chunks: list[list[Outcome]], data: st.DataObject
) -> None:
    receipts = chain_of(chunks, signer)
    forged = data.draw(st.sampled_from(receipts))
    name = data.draw(st.sampled_from(sorted(forged)))
    forged[name] = data.draw(st.sampled_from([other for other in _others(forged[name]) if other != forged[name]]))
    # Of the first receipt the signature may be gone: the next one's is under its hash too, and vouches for it.
    vouched_for = forged is receipts[0] is not receipts[-1] and forged["signature"] is None
    assert faults(receipts, signer.public) or vouched_for


def _others(value: Any) -> Iterable[Any]:
    """Values of another content, near and far."""
    if isinstance(value, str):
        yield from (value + "0", "", value[:-1], "0" * len(value) if value.strip("0") else "f" * len(value))
    elif isinstance(value, int):
        yield from (value + 1, -1, None)
    elif isinstance(value, list):
        yield from ([], [*value, value[-1]], value[:-1], [{**value[0], "outcome": "lost"}])
    else:
        yield from ({}, None, {**value, "accepted": 7, "value": "00", "XX-1": 1})


def test_receipts_that_are_dropped_or_swapped_are_named(signer: signing.Signer) -> None:
    one, two, three = chain_of([[Outcome.ACCEPTED] * 3] * 3, signer)
    assert faults([one, three]) == ["missing"]
    assert faults([two, one]) == ["second_account"]
    other = chain_of([[Outcome.STALE] * 3], signer, bytes.fromhex(one["hash"]), 3)
    assert faults([one, two, *other]) == ["second_account"]
    stranger = chain_of([[Outcome.ACCEPTED]], signer, bytes(32), 3)
    assert faults([one, *stranger]) == ["chain_broken"]


def test_partitions_have_chains_of_their_own(signer: signing.Signer) -> None:
    mixed = zip(*(chain_of([[Outcome.ACCEPTED]] * 3, signer, partition=n) for n in range(3)), strict=True)
    assert faults(one for some in mixed for one in some) == []


def test_unsigned_receipts_of_former_times_are_told_of_and_vouched_for_by_later_ones(signer: signing.Signer) -> None:
    old = chain_of([[Outcome.ACCEPTED]] * 2, None)
    new = chain_of([[Outcome.ACCEPTED]], signer, bytes.fromhex(old[-1]["hash"]), 2)
    account = Account(frozenset({signer.public}))
    assert [fault for one in (*old, *new) for fault in account.check(json.dumps(one).encode())] == []
    assert (account.unsigned, account.unsigned_at_the_end, dict(account.signed_by)) == (2, 0, {signer.key_id: 1})
    stripped = chain_of([[Outcome.ACCEPTED]], None, bytes.fromhex(new[-1]["hash"]), 3)
    assert faults([*old, *new, *stripped]) == ["signature_missing"]


def test_a_stranger_cannot_sign_and_a_successor_can(tmp_path: Path) -> None:
    path = tmp_path / "receipt_key.pem"
    keeper = signing.Keeper(path)
    first = keeper.signer()
    second = signing.rotate(path)
    os.utime(path, ns=(1, 1))  # a clock that stands still does not hide a new file
    assert keeper.signer().key_id == second.key_id != first.key_id
    third = signing.rotate(path)
    receipts = chain_of([[Outcome.ACCEPTED]], first)
    for number, signer in enumerate((second, third), 1):
        receipts += chain_of([[Outcome.ACCEPTED]], signer, bytes.fromhex(receipts[-1]["hash"]), number)
    assert faults(receipts, first.public) == []
    assert faults(receipts[1:], third.public) == ["key_unknown"]
    stranger = signing.ensure(tmp_path / "other.pem")
    assert faults(chain_of([[Outcome.ACCEPTED]], stranger), first.public) == ["key_unknown"]
    forged = replace(stranger, succeeds={**second.succeeds, "public_key": first.public})  # type: ignore[dict-item]
    assert faults(chain_of([[Outcome.ACCEPTED]], forged), first.public) == ["key_unknown"]


def test_a_key_is_read_by_its_owner_only_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "receipt_key.pem"
    made = signing.ensure(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing.ensure(path).public == made.public
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        signing.load(path)
    other = tmp_path / "rubbish.pem"
    other.write_bytes(b"no key")
    other.chmod(0o600)
    with pytest.raises(KeyFileError, match="ed25519"):
        signing.load(other)
    assert list(tmp_path.glob("*.new")) == list(tmp_path.glob("*.own")) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"public_key": 1, "value": ""}', b"\xff"])
def test_a_damaged_word_of_the_former_key_is_said_and_not_taken_for_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "receipt_key.pem"
    signing.ensure(path)
    signing.rotate(path)
    (tmp_path / "receipt_key.pem.succession.json").write_bytes(content)
    with pytest.raises(KeyFileError, match=r"succession\.json"):
        signing.load(path)


@given(
    line=st.binary(max_size=40) | st.sampled_from([b"[" * 100_000, b'{"payload": "{"}', b"{}", b'{"payload": "[]"}'])
)
def test_rubbish_is_told_and_crashes_nothing(line: bytes) -> None:
    found = Account().check(line)
    assert [fault.code for fault in found] == (["not_a_receipt"] if line.strip() else [])
