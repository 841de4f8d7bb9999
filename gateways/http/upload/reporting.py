"""At a desk: the report that goes back with a file, from the file itself and the ledger."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from gateways.files import report as reports
from gateways.files.answered import judged
from gateways.files.report import Totals
from gateways.http.upload.reading import notes, source_of
from sinks.followed import Receipts, receipts
from sinks.uploads import Placed
from sinks.warehouse import Warehouse


def report(job: dict[str, Any]) -> dict[str, Any]:
    """Write the report to ``out``; the counts. Raises FileRefused.

    ``placed``: a file with where the rows went (sinks.uploads.Placed); ``database``: whom to ask what became of them.
    """
    placed = Placed.unpacked(Path(job["placed"]).read_bytes())
    with closing(Warehouse(job["database"])) as warehouse:
        told = _told(warehouse, job["topic"], placed)
    pairs = zip(placed.partitions.tolist(), placed.offsets.tolist(), strict=True)
    places = dict(zip(placed.rows.tolist(), pairs, strict=True))
    totals = Totals()
    about: dict[str, Any] = {
        "文件 file": job["name"], "报送号 submission": job["submission"], "主题 topic": job["topic"],
        "送达 sent": len(places),
    }  # fmt: skip
    with source_of(job) as source, reports.writing(Path(job["out"]), source.headings, about, totals) as sink:
        for portion in source:
            for row in judged(portion.rows, portion.records.faults, places, told):
                totals.note(row)
                sink.write(row)
        about |= {"文件行数 rows in file": source.rows, "空行 blank rows": source.blank}
        about |= {f"说明 {name}": "；".join(map(str, found)) for name, found in notes(source).items() if found}
    return {"rows": totals.rows, **totals.verdicts}


def _told(warehouse: Warehouse, topic: str, placed: Placed) -> dict[int, Receipts]:
    found: dict[int, Receipts] = {}
    with warehouse.read() as connection:
        for partition in np.unique(placed.partitions).tolist():
            mine = placed.offsets[placed.partitions == partition]
            found[partition] = receipts(connection, topic, partition, int(mine.min()), int(mine.max()))
    return found
