"""At a desk: an uploaded file becomes records, as ``huiliu publish`` reads one; each row is one, or has a fault."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from gateways.files.errors import FileRefused
from gateways.files.finding import finding_of
from gateways.files.source import Portion, Reading, Source, opened
from gateways.http.upload import spool
from gateways.http.verdicts import finding
from huiliu.language import text

#: Rows that cannot be records, as an answer tells them; the report has all.
TOLD: Final = 50


@contextmanager
def source_of(job: dict[str, Any]) -> Iterator[Source]:
    """The file of a job: ``path``, and how to read it. Raises FileRefused."""
    path = Path(job["path"])
    reading = Reading(
        kind=job["kind"],
        division=job["division"],
        mapping=job["mapping"],
        sheet=job["sheet"],
        record_bytes=job["record_bytes"],
    )
    with path.open("rb") as whole, opened(whole, job["name"], reading, path.stat().st_size) as source:
        yield source


def within(source: Source, most: int) -> Iterator[Portion]:
    """The file's portions. Raises FileRefused beyond so many rows."""
    for portion in source:
        if source.rows > most:
            raise FileRefused(
                text(
                    f"数据超过 {most} 行（HUILIU_FILE_ROWS）。请拆分成几个文件。",
                    f"There are more than {most} rows (HUILIU_FILE_ROWS). Split the file.",
                )
            )
        yield portion


def notes(source: Source) -> dict[str, Any]:
    """What is to be said of a file as a whole."""
    return {"notes": list(source.notes), "own_columns": list(source.own), "filled_in": list(source.filled)}


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Write the records to ``spool`` and say what the file is. Raises FileRefused."""
    refused: dict[int, list[dict[str, Any]]] = {}
    count, records, meant = 0, 0, None
    with source_of(job) as source, Path(job["spool"]).open("wb", buffering=1 << 20) as out:
        for portion in within(source, job["most_rows"]):
            spool.put(out, portion.records)
            records += len(portion.records.numbers)
            wrong = {fault.line for fault in portion.records.faults}
            if wrong and not count:
                meant = source.meant(next(row for row in portion.rows if row.number in wrong))
            count += len(wrong)
            for fault in portion.records.faults:
                if fault.line in refused or len(refused) < TOLD:
                    told = {**finding(finding_of(fault)), "place": fault.place}
                    refused.setdefault(fault.line, []).append(told)
        return {
            "rows": source.rows,
            "blank": source.blank,
            "records": records,
            "refused": count,
            "first_refused": [{"row": row, "findings": found} for row, found in sorted(refused.items())],
            "kind_meant": meant,
            **notes(source),
        }
