"""The root-cause digest: many findings as few causes, counted exactly.

Findings with the same publisher, kind, rule, field and *pattern* of the value very likely have one cause in the
sender's program. The pattern is the value's form: each run of digits is ``9``, of Latin letters ``A``, of Chinese
characters ``汉``, of full-width digits and letters ``９`` and ``Ａ``, of blanks one blank; anything else stays; at most
80 characters (``validators.finding.pattern``, and the same in SQL, ``value_pattern``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, text

from sinks.groups import span
from sinks.quarantine import UNSETTLED
from sinks.queries import query

#: What a suggested repair and an example are told by.
EXAMPLE: Final = ("topic", "partition", "offset", "value", "expected", "difference", "suggestion", "source_ref")


@dataclass(frozen=True, slots=True)
class Cause:
    """One group. ``suggestion`` is the repair where all of the group have the same; each example has its own.

    ``findings``: exactly how many. ``first_seen``, ``last_seen``: when the first and the last of them were recorded.
    ``examples``: three at most, by the names of ``EXAMPLE``.
    """

    publisher: str
    kind: str
    code: str
    severity: str
    field: str
    pattern: str | None
    findings: int
    first_seen: datetime
    last_seen: datetime
    suggestion: str | None
    examples: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The largest groups, and how many groups and findings there are in all: what is not shown is counted too."""

    causes: tuple[Cause, ...]
    groups: int
    findings: int


def digest(
    connection: Connection,
    *,
    division: str | None = None,
    kind: str | None = None,
    code: str | None = None,
    severity: str | None = "error",
    statuses: Sequence[str] | None = UNSETTLED,
    limit: int = 50,
) -> Digest:
    """Group the findings; the largest ``limit`` groups come with examples.

    ``division``: of the publishers that lie in it. ``statuses``: only of rejected records in one of these states; None:
    of all records, loaded ones too (which have warnings). A filter that is None is not applied.
    """
    place = span(division) if division else {"low": None, "high": None}
    chosen: dict[str, Any] = {**place, "kind": kind, "code": code, "severity": severity, "limit": limit}
    chosen["statuses"] = None if statuses is None else list(statuses)
    rows = [dict(row) for row in connection.execute(text(query("digest", "groups")), chosen).mappings()]
    causes = tuple(_cause(connection, row) for row in rows)
    return Digest(causes, rows[0]["groups"] if rows else 0, rows[0]["total"] if rows else 0)


def _cause(connection: Connection, row: Mapping[str, Any]) -> Cause:
    places = [(part["intake"], offset) for part in row["examples"] for offset in part["some"]]
    chosen = {
        "intakes": [intake for intake, _ in places],
        "offsets": [offset for _, offset in places],
        **{name: row[name] for name in ("code", "field", "pattern")},
    }
    found = connection.execute(text(query("digest", "examples")), chosen).mappings()
    names = ("publisher", "kind", "code", "severity", "field", "pattern", "findings", "first_seen", "last_seen")
    examples = tuple({name: example[name] for name in EXAMPLE} for example in found)
    return Cause(**{name: row[name] for name in names}, suggestion=row["suggestion"], examples=examples)
