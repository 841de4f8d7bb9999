"""A snapshot: all figures of a report, frozen, with the moment they were known at, as canonical JSON under SHA-256.

Canonical: keys sorted, no blanks, UTF-8 unescaped, no NaN; numbers as Python writes them. The same figures are the same
bytes, so the hash names the figures. PDF and XLSX are functions of these bytes and of how the report was issued.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal

from huiliu.language import text
from huiliu.period import Period, parse
from oversight.reports import section as sections
from oversight.reports.errors import ControlDiffers, NotASnapshot
from oversight.reports.section import Section

FORMAT: Final = 1

Kind = Literal["month", "quarter", "year", "corrigendum"]


@dataclass(frozen=True)
class Clocks:
    """How far the figures reach: by kind the newest day or month covered, and the time processed to (ISO, +08:00).

    ``rules``: versions of rules that judged what is in the figures, with how many records each. ``oversight``: rules
    of oversight in force at the end of the period, as ``OV-PJ-PACE v1``.
    """

    covered_to: Mapping[str, str]
    processed_to: Mapping[str, str]
    rules: Mapping[str, int]
    oversight: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "covered_to": dict(self.covered_to),
            "processed_to": dict(self.processed_to),
            "rules": dict(self.rules),
            "oversight": list(self.oversight),
        }


@dataclass(frozen=True)
class Snapshot:
    """``as_of``: ISO 8601 with +08:00 and microseconds. ``positions``: topic, partition, next offset, ledger hash.

    ``corrects``: of a corrigendum, which issued report it corrects, why, and the hashes of both sets of figures.
    """

    kind: Kind
    province: str
    period: Period
    as_of: str
    clocks: Clocks
    sections: tuple[Section, ...]
    positions: tuple[tuple[str, int, int, str], ...] = ()
    corrects: Mapping[str, Any] | None = None

    @cached_property
    def content(self) -> bytes:
        """The canonical JSON."""
        told = {
            "format": FORMAT,
            "kind": self.kind,
            "province": self.province,
            "period": self.period.text,
            "as_of": self.as_of,
            "clocks": self.clocks.told(),
            "sections": [section.told() for section in self.sections],
            "positions": [list(position) for position in self.positions],
            "corrects": None if self.corrects is None else dict(self.corrects),
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()

    @property
    def sha256(self) -> str:
        """The snapshot's name, 64 hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()

    def section(self, code: str) -> Section | None:
        """The section of this code."""
        return next((section for section in self.sections if section.code == code), None)


def thaw(content: bytes) -> Snapshot:
    """The snapshot of these bytes; ``thaw(s.content).content == s.content``. Raises NotASnapshot."""
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise NotASnapshot(
                text(
                    f"快照格式为 {told['format']}，本程序只读 {FORMAT}：请用印发它的版本",
                    f"The snapshot has format {told['format']}, this program reads {FORMAT}: use that version.",
                )
            )
        found = Snapshot(
            kind=told["kind"],
            province=told["province"],
            period=parse(told["period"]),
            as_of=told["as_of"],
            clocks=Clocks(**{**told["clocks"], "oversight": tuple(told["clocks"]["oversight"])}),
            sections=tuple(sections.read(section) for section in told["sections"]),
            positions=tuple((p[0], p[1], p[2], p[3]) for p in told["positions"]),
            corrects=told["corrects"],
        )
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        raise NotASnapshot(text("内容不是报告快照", "These bytes are no snapshot of a report.")) from fault
    if found.content != content:
        raise NotASnapshot(text("快照不是规范形式，已被改写", "The snapshot is not canonical: it was rewritten."))
    return found


def controlled(snapshot: Snapshot) -> Snapshot:
    """The snapshot itself, where every figure equals its control total. Raises ControlDiffers, naming the first."""
    for section in snapshot.sections:
        for name, figure, control in section.control:
            if figure != control:
                raise ControlDiffers(
                    text(
                        f"{section.title}：{name} 为 {figure}，控制总数为 {control}，不出报告。请先执行 huiliu verify，"
                        "再执行 huiliu rollup rebuild",
                        f"{section.title}: {name} is {figure}, its control total {control}: no report is made. "
                        "Run huiliu verify, then huiliu rollup rebuild.",
                    )
                )
    return snapshot
