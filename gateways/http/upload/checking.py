"""At a desk: the whole verdict on a file without sending it, as a report of each row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from gateways.files import report as reports
from gateways.files.finding import finding_of
from gateways.files.report import Judged, Totals
from gateways.files.source import Portion
from gateways.http.desk.judging import judged
from gateways.http.upload.reading import notes, source_of, within

_OUTCOMES: Final[Mapping[str, str]] = {"accepted": "accepted", "flagged": "flagged", "rejected": "quarantined"}


def check(job: dict[str, Any]) -> dict[str, Any]:
    """Write the report to ``out``; the counts. Raises FileRefused."""
    totals = Totals()
    about: dict[str, Any] = {"文件 file": job["name"], "事项 kind": job["kind"], "只判不发 judged only": "是 yes"}
    not_evaluated: set[str] = set()
    with source_of(job) as source, reports.writing(Path(job["out"]), source.headings, about, totals) as sink:
        for portion in within(source, job["most_rows"]):
            for row in _rows(job, portion, not_evaluated):
                totals.note(row)
                sink.write(row)
        about["空行 blank rows"] = source.blank
        about["未判（入库时判） not evaluated"] = "、".join(sorted(not_evaluated))
        told = notes(source)
        about |= {f"说明 {name}": "；".join(map(str, found)) for name, found in told.items() if found}
    return {"rows": totals.rows, **totals.verdicts}


def _rows(job: Mapping[str, Any], portion: Portion, not_evaluated: set[str]) -> Iterator[Judged]:
    records = portion.records
    wrong: dict[int, list[Mapping[str, Any]]] = {}
    for fault in records.faults:
        wrong.setdefault(fault.line, []).append(finding_of(fault))
    verdicts = judged(job["kind"], job["division"], records.values) if records.values else []
    by_row = {records.numbers[one["row"]]: one for one in verdicts}
    for row in portion.rows:
        verdict = by_row.get(row.number)
        if verdict is None:
            yield Judged(row, "refused", wrong.get(row.number, ()))
            continue
        not_evaluated.update(verdict["not_evaluated"])
        yield Judged(row, _OUTCOMES[verdict["outcome"]], [dict(found) for found in verdict["findings"]])
