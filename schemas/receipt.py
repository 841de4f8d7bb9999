"""The receipt of a chunk: what became of each of its offsets, chained so that others can check it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final, Protocol

import numpy as np

from huiliu.outcome import Outcome

#: How receipts are signed (RFC 8032).
ALGORITHM: Final = "Ed25519"


class Signs(Protocol):
    """Whoever signs receipts."""

    def signature(self, digest: str, recorded_at: str) -> dict[str, Any]:
        """What a receipt with this hash and time carries under ``signature``."""


def pack_outcomes(outcomes: np.ndarray) -> bytes:
    """One byte per offset from the first to the last of the chunk, deflated: almost all are 0 and take no room."""
    return zlib.compress(outcomes.astype(np.uint8).tobytes(), level=1)


def unpack_outcomes(packed: bytes) -> np.ndarray:
    return np.frombuffer(zlib.decompress(packed), np.uint8)


def ranges(outcomes: np.ndarray, first_offset: int) -> list[dict[str, Any]]:
    """Runs of equal outcomes as ``{"outcome", "first", "last"}``, ascending, without gap or overlap."""
    if not len(outcomes):
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(outcomes)) + 1])
    stops = np.concatenate([starts[1:], [len(outcomes)]])
    return [
        {
            "outcome": Outcome(int(outcomes[start])).name.lower(),
            "first": int(start) + first_offset,
            "last": int(stop) - 1 + first_offset,
        }
        for start, stop in zip(starts, stops, strict=True)
    ]


def signature_by(key: str, public: str, value: str, word: Mapping[str, str] | None) -> dict[str, Any]:
    """What a receipt carries under ``signature``: the key's id, public key and signature in hexadecimal digits.

    ``word``: what the key whose place it takes says of it, if it takes one's.
    """
    told = {"algorithm": ALGORITHM, "key": key, "public_key": public, "value": value}
    return told if word is None else {**told, "succeeds": dict(word)}


def identity(topic: str, partition: int, first_offset: int) -> str:
    """What a receipt is called."""
    return f"{topic}-{partition}-{first_offset}"


def signature_under(entry: Mapping[str, Any], signer: Signs) -> dict[str, Any]:
    """The signature under the receipt of a ledger entry."""
    return signer.signature(bytes(entry["hash"]).hex(), entry["recorded_at"].isoformat())


def receipt(entry: Mapping[str, Any], signer: Signs | None = None) -> bytes:
    """JSON of one ledger entry (the columns of the table ``ledger`` with topic and partition), signed by the signer.

    Without one it carries the entry's own ``signature``, if it has any.
    """
    outcomes = unpack_outcomes(entry["outcomes"])
    body: dict[str, Any] = {
        "receipt": identity(entry["topic"], entry["partition"], entry["first_offset"]),
        "topic": entry["topic"],
        "partition": entry["partition"],
        "first_offset": entry["first_offset"],
        "next_offset": entry["next_offset"],
        "counts": {outcome.name.lower(): int((outcomes == outcome).sum()) for outcome in Outcome},
        "outcomes": ranges(outcomes, entry["first_offset"]),
        "rule_set": entry["rule_set"],
        "not_evaluated": entry["not_evaluated"],
        "raw_sha256": bytes(entry["raw_sha256"]).hex(),
        "previous_hash": bytes(entry["previous_hash"]).hex(),
        "hash": bytes(entry["hash"]).hex(),
        "recorded_at": entry["recorded_at"].isoformat(),
    }
    signature = entry.get("signature") if signer is None else signature_under(entry, signer)
    if signature is not None:
        body["signature"] = signature
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
