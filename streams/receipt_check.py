"""Checking receipts by themselves: coverage, counts, hashes, chain, signatures. No broker, no database.

Everything is computed from the receipt's own text, by what ``docs/guide/ledger-and-receipts.md`` says, without the code
that made it. Receipts of one intake partition come in the order of their offsets; partitions may be mixed.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from huiliu.language import text
from schemas.receipt import ALGORITHM
from streams import signing

OUTCOMES: Final = ("accepted", "corrected", "duplicate", "stale", "quarantined", "gap")

#: More offsets than this in one receipt are no receipt of ours: nobody shall make the check count for hours.
LARGEST: Final = 1_000_000_000

_PIECE: Final = 1 << 20
_FIELDS: Final[Mapping[str, type]] = {
    "receipt": str, "topic": str, "partition": int, "first_offset": int, "next_offset": int, "counts": dict,
    "outcomes": list, "rule_set": str, "not_evaluated": dict, "raw_sha256": str, "previous_hash": str, "hash": str,
    "recorded_at": str,
}  # fmt: skip


class Fault(NamedTuple):
    """What is wrong with one line. ``code`` is stable, for programs; ``told`` a sentence in the reader's language."""

    line: int
    receipt: str
    code: str
    told: str


@dataclass
class Head:
    """The end of a partition's chain as far as it was read."""

    first: int
    next_offset: int
    hash: str
    signed: bool
    told: dict[int, str] = field(default_factory=dict)  #: first offset: hash


@dataclass
class Account:
    """Checks receipts line by line. ``trusted``: public keys (hexadecimal) that may sign; empty: any."""

    trusted: frozenset[str] = frozenset()
    lines: int = 0
    receipts: int = 0
    repeated: int = 0
    unsigned: int = 0
    uncovered: int = 0
    signed_by: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    heads: dict[tuple[str, int], Head] = field(default_factory=dict)
    _followed: set[str] = field(default_factory=set)
    _open: Counter[tuple[str, int]] = field(default_factory=Counter)

    def check(self, line: bytes) -> list[Fault]:
        """What is wrong with the next line; blank ones are passed over."""
        self.lines += 1
        if not line.strip():
            return []
        receipt = parsed(line)
        if isinstance(receipt, str):
            return [Fault(self.lines, "", "not_a_receipt", receipt)]
        self.receipts += 1
        name = str(receipt["receipt"])
        found = [*_shape(receipt)] or [*_contents(receipt), *self._chain(receipt), *self._signature(receipt)]
        return [Fault(self.lines, name, code, told) for code, told in found]

    @property
    def unsigned_at_the_end(self) -> int:
        """Unsigned receipts that no later signed one of their partition vouches for by the chain."""
        return sum(self._open.values())

    def at_the_end(self) -> list[Fault]:
        """Where keys are trusted: the partitions whose end nobody has signed."""
        return [
            Fault(self.lines, f"{topic}-{partition}", "unsigned", text(f"末尾 {count} 个回执未签名，也无其后的签名担保",
                  f"its last {count} receipts are unsigned, and no later signature covers them"))
            for (topic, partition), count in sorted(self._open.items())
            if count and self.trusted
        ]  # fmt: skip

    def _chain(self, receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        place, first, hashed = (receipt["topic"], receipt["partition"]), receipt["first_offset"], receipt["hash"]
        head = self.heads.get(place)
        if head is None:
            head = self.heads[place] = Head(first, first, receipt["previous_hash"], signed=False)
            if first == 0 and receipt["previous_hash"]:
                yield "chain_broken", text("第一个回执却有前一哈希", "the first of a partition has a hash before it")
        if first < head.next_offset:
            yield from self._again(receipt, head)
            return
        if first > head.next_offset:
            span = f"{head.next_offset}–{first - 1}"
            yield "missing", text(f"缺少偏移量 {span} 的回执", f"receipts of offsets {span} are missing")
        elif receipt["previous_hash"] != head.hash:
            had, has = head.hash[:16], receipt["previous_hash"][:16]
            yield "chain_broken", text(f"前一回执的哈希是 {had}…，此处写作 {has}…",
                                       f"the receipt before has the hash {had}…, this one says {has}…")  # fmt: skip
        head.next_offset, head.hash = receipt["next_offset"], hashed
        head.told[first] = hashed[:16]
        self.outcomes.update({name: receipt["counts"][name] for name in OUTCOMES})

    def _again(self, receipt: Mapping[str, Any], head: Head) -> Iterator[tuple[str, str]]:
        """A receipt of offsets that were told of: the same again does no harm, another account of them does."""
        self.repeated += 1
        first = receipt["first_offset"]
        if head.told.get(first) == receipt["hash"][:16]:
            return
        span = f"{first}–{receipt['next_offset'] - 1}"
        yield (
            "second_account",
            text(f"偏移量 {span} 已有回执，两者不同", f"offsets {span} have a receipt that says other things"),
        )

    def _signature(self, receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        place = receipt["topic"], receipt["partition"]
        head, told = self.heads[place], receipt.get("signature")
        if told is None:
            self.unsigned += 1
            self._open[place] += 1
            if head.signed:
                said = text("此前的回执已签名，这一个没有", "receipts before it are signed, this one is not")
                yield "signature_missing", said
            return
        wrong = self._refuted(receipt, told)
        if wrong is not None:
            yield wrong
            return
        self.signed_by[told["key"]] += 1
        self._open[place] = 0  # its hash covers the hashes before it
        head.signed = True

    def _refuted(self, receipt: Mapping[str, Any], told: object) -> tuple[str, str] | None:
        """What is wrong with the signature under a receipt; None where it holds, by a key that may sign."""
        parts = ("algorithm", "key", "public_key", "value")
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in parts):
            return "signature_wrong", text("签名残缺", "the signature is incomplete")
        public, key = told["public_key"], told["key"]
        known = told["algorithm"] == ALGORITHM and _hexadecimal(public, 64)
        if not known or signing.key_id(public) != key:
            said = text(f"密钥 {key} 与公钥不符", f"the key id {key} is not that of its public key")
            return "signature_wrong", said
        lines = signing.receipt_lines(receipt["hash"], receipt["recorded_at"], key)
        if not signing.holds(public, told["value"], lines):
            said = text(f"密钥 {key} 的签名不成立", f"the signature by key {key} does not hold")
            return "signature_wrong", said
        if not self._trusts(public, told.get("succeeds")):
            said = text(f"由密钥 {key} 签名，不在给出的公钥之中", f"signed by key {key}, which is none of those given")
            return "key_unknown", said
        return None

    def _trusts(self, public: str, succeeds: object) -> bool:
        """Whether a key may sign: one of those given, or one that a trusted key names as its successor."""
        if not self.trusted or public in self.trusted or public in self._followed:
            return True
        if not isinstance(succeeds, dict):
            return False
        former, value = succeeds.get("public_key"), succeeds.get("value")
        if not (isinstance(former, str) and isinstance(value, str) and _hexadecimal(former, 64)):
            return False
        if former not in self.trusted | self._followed:
            return False
        if not signing.holds(former, value, signing.succession_lines(signing.key_id(former), public)):
            return False
        self._followed.add(public)
        return True


def parsed(line: bytes) -> dict[str, Any] | str:
    """A receipt as JSON, also from kcat's envelope (``kcat -J``); else why it is none."""
    try:
        told = json.loads(line)
        if isinstance(told, dict) and isinstance(told.get("payload"), str):
            told = json.loads(told["payload"])
    except ValueError as fault:
        return text(f"不是 JSON：{fault}", f"not JSON: {fault}")
    except RecursionError:
        return text("JSON 嵌套过深", "JSON nested too deeply")
    if not isinstance(told, dict):
        return text("不是 JSON 对象", "not a JSON object")
    wrong = [name for name, kind in _FIELDS.items() if not _is(told.get(name), kind)]
    if wrong:
        return text(f"缺少或类型不对：{', '.join(wrong)}", f"missing or of another type: {', '.join(wrong)}")
    return told


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _shape(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Whether what it says is of the form that can be computed with."""
    first, stop = receipt["first_offset"], receipt["next_offset"]
    if not 0 <= first < stop <= first + LARGEST:
        yield "offsets", text(f"偏移量 {first} 至 {stop} 不成范围", f"offsets {first} to {stop} are no range")
        return
    identity = f"{receipt['topic']}-{receipt['partition']}-{first}"
    if receipt["receipt"] != identity:
        yield "identity", text(f"回执号应为 {identity}", f"its id should be {identity}")
    counts, missed = receipt["counts"], receipt["not_evaluated"]
    if sorted(counts) != sorted(OUTCOMES) or not all(_is(count, int) and count >= 0 for count in counts.values()):
        yield "counts", text("计数应为六种结果的非负整数", "counts should be whole numbers of the six outcomes")
    if not all(_is(count, int) for count in missed.values()):
        yield "not_evaluated", text("未判定的计数应为整数", "not_evaluated should hold whole numbers")
    lengths = {"raw_sha256": 64, "hash": 64}
    yield from (
        ("hash_form", text(f"{name} 不是十六进制的 SHA-256", f"{name} is no SHA-256 in hexadecimal digits"))
        for name, length in lengths.items()
        if not _hexadecimal(receipt[name], length)
    )
    expected = first
    for run in receipt["outcomes"]:
        if not (isinstance(run, dict) and run.get("outcome") in OUTCOMES and _is(run.get("last"), int)) or not (
            run.get("first") == expected and expected <= run["last"] < stop
        ):
            yield (
                "coverage",
                text(f"结果在偏移量 {expected} 处不连续", f"the outcomes do not go on at offset {expected}"),
            )
            return
        expected = run["last"] + 1
    if expected != stop:
        yield (
            "coverage",
            text(f"结果止于 {expected - 1}，应至 {stop - 1}", f"the outcomes end at {expected - 1}, not {stop - 1}"),
        )


def _contents(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Whether counts and hash are those of what it says."""
    counted = dict.fromkeys(OUTCOMES, 0)
    for run in receipt["outcomes"]:
        counted[run["outcome"]] += run["last"] - run["first"] + 1
    for name, count in counted.items():
        if receipt["counts"][name] != count:
            said = receipt["counts"][name]
            yield (
                "counts",
                text(f"{name} 写作 {said}，结果中有 {count}", f"it counts {said} {name}, its outcomes are {count}"),
            )
    if digest(receipt) != receipt["hash"]:
        yield "hash", text("哈希与内容不符：回执被改动过", "the hash is not that of what it says: it was altered")


def digest(receipt: Mapping[str, Any]) -> str:
    """The hash that a receipt should have, given the hash before it that it names."""
    counts, outcomes = receipt["counts"], hashlib.sha256()
    for run in receipt["outcomes"]:
        byte, left = bytes([OUTCOMES.index(run["outcome"])]), run["last"] - run["first"] + 1
        while left:
            outcomes.update(byte * min(left, _PIECE))
            left -= min(left, _PIECE)
    records = sum(counts.values()) - counts["gap"]
    lines = [
        "huiliu-ledger-1",
        receipt["previous_hash"],
        receipt["topic"],
        str(receipt["partition"]),
        f"{receipt['first_offset']} {receipt['next_offset']}",
        " ".join(str(count) for count in (records, counts["gap"], *(counts[name] for name in OUTCOMES[:5]))),
        outcomes.hexdigest(),
        receipt["raw_sha256"],
        receipt["rule_set"],
        *(f"{code}={count}" for code, count in sorted(receipt["not_evaluated"].items())),
    ]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def _hexadecimal(value: str, digits: int) -> bool:
    return len(value) == digits and set(value) <= set("0123456789abcdef")
