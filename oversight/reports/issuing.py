"""A report's files: PDF, workbook and snapshot, with the hashes under which they are issued."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from huiliu import division as divisions
from oversight.reports.imprint import Imprint
from oversight.reports.pdf import pdf
from oversight.reports.snapshot import Snapshot, thaw
from oversight.reports.writing import named
from oversight.reports.xlsx import xlsx

SUFFIXES = {"month": "月度监测", "quarter": "季度通报", "year": "年度考核", "corrigendum": "更正"}


@dataclass(frozen=True, slots=True)
class Files:
    """``name``: without ending, 报表名_区划_期间_快照 or number."""

    name: str
    pdf: bytes
    xlsx: bytes
    snapshot: bytes

    @property
    def by_ending(self) -> Mapping[str, bytes]:
        """Contents by the ending of their file's name."""
        return {"pdf": self.pdf, "xlsx": self.xlsx, "json": self.snapshot}

    @property
    def pdf_sha256(self) -> str:
        """Hexadecimal."""
        return hashlib.sha256(self.pdf).hexdigest()

    @property
    def xlsx_sha256(self) -> str:
        """Hexadecimal."""
        return hashlib.sha256(self.xlsx).hexdigest()


def made(snapshot: Snapshot, imprint: Imprint | None) -> Files:
    """The files of a snapshot as issued, or as a draft. The same arguments give the same bytes.

    They are made of the snapshot as read back from its own bytes, so that nothing but these bytes can tell in them.
    """
    snapshot = thaw(snapshot.content)
    which = snapshot.sha256[:12] if imprint is None else f"第{imprint.number}号"
    place = divisions.name(snapshot.province)
    name = f"{SUFFIXES[snapshot.kind]}_{place}_{named(snapshot.period)}_{which}"
    return Files(name, pdf(snapshot, imprint), xlsx(snapshot, imprint), snapshot.content)


def thawed(content: bytes) -> Snapshot:
    """The snapshot of bytes from the warehouse. Raises NotASnapshot."""
    return thaw(content)
