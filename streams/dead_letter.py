"""A quarantined record as a Kafka message: key, value and headers verbatim, and why it is there.

The reasons come in the three header families that existing tools read (Kafka Connect KIP-298, Kafka Streams KIP-1034,
share groups KIP-1191) and as ``huiliu.findings``, a JSON list with every finding in both languages.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from validators.wording import mend, render

Headers = list[tuple[str, bytes | None]]


@dataclass(frozen=True)
class DeadLetter:
    """What the quarantine holds of one record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    layer: str
    rule_set: str
    findings: Sequence[Mapping[str, Any]]

    @property
    def identity(self) -> str:
        """The same for every sending of this record, so that sending twice does no harm."""
        return f"{self.topic}-{self.partition}-{self.offset}"


def pack_headers(headers: Sequence[tuple[str, bytes | None]]) -> bytes:
    """Headers as JSON, values in base64: they are bytes and may be null."""
    return json.dumps(
        [[name, None if value is None else base64.b64encode(value).decode()] for name, value in headers]
    ).encode()


def unpack_headers(packed: bytes | None) -> Headers:
    return [(name, None if value is None else base64.b64decode(value)) for name, value in json.loads(packed or b"[]")]


def message_headers(letter: DeadLetter) -> Headers:
    """The original headers first, ours after them: a reader that takes the first of a name sees what was sent."""
    first = letter.findings[0] if letter.findings else {"code": "", "severity": "error"}
    reason = render(first, "en") if letter.findings else ""
    place = (("topic", letter.topic), ("partition", str(letter.partition)), ("offset", str(letter.offset)))
    ours: list[tuple[str, str]] = [("huiliu.id", letter.identity), ("huiliu.rule-set", letter.rule_set)]
    for family in ("__connect.errors", "__streams.errors", "__dlq.errors"):
        ours += [(f"{family}.{name}", value) for name, value in place]
    ours += [
        ("__connect.errors.connector.name", "huiliu"),
        ("__connect.errors.stage", letter.layer),
        ("__connect.errors.exception.class.name", first["code"]),
        ("__connect.errors.exception.message", reason),
        ("__streams.errors.exception", first["code"]),
        ("__streams.errors.message", reason),
        ("__dlq.errors.group", "huiliu"),
        ("__dlq.errors.delivery.count", "1"),
        ("__dlq.errors.message", reason),
        ("huiliu.findings", json.dumps([_told(finding) for finding in letter.findings], ensure_ascii=False)),
    ]
    return [*letter.headers, *((name, value.encode()) for name, value in ours)]


def _told(finding: Mapping[str, Any]) -> dict[str, Any]:
    fields = ("code", "severity", "field", "value", "expected", "difference", "suggestion", "source_ref")
    return {
        **{name: finding.get(name) for name in fields},
        "zh": render(finding, "zh"),
        "en": render(finding, "en"),
        "mend_zh": mend(finding, "zh"),
        "mend_en": mend(finding, "en"),
    }
