"""A workbook's way: filled template in, warehouse, and the report back with the hub's verdict on every row."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from gateways.files.headings import FILLED
from gateways.files.report import HEADINGS
from gateways.files.template import chosen, heading, shown
from huiliu.division import DivisionCode
from schemas.contract import contract
from sinks import submissions
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

NIL = [field for field in chosen(contract("nil")) if field.name not in FILLED]


def workbook(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A workbook of nil reports with the template's headings and a column of the sender's own."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("数据")
        sheet.write_row(0, 0, [*map(heading, NIL), "科室意见"])
        for at, changes in enumerate(rows, 1):
            told = {**SAMPLES["nil"], **changes}
            sheet.write_row(at, 0, [shown(field, told[field.name] or "") for field in NIL if field.name in told])
            sheet.write_string(at, len(NIL), f"=意见{at}")
    return path


def test_each_row_of_a_workbook_gets_the_hubs_verdict_beside_it(at_hub: Any, huiliu: Any, tmp_path: Path) -> None:
    huiliu("publisher", "add", "340104", "--kinds", "nil")
    at_hub.worker()
    rows = [{"period": "2026-09"}, {"period": "2026-08"}, {"period": "2026-09"}, {"period": "2031-08"}, {"reason": ""}]
    file, report = workbook(tmp_path / "零报告.xlsx", rows), tmp_path / "结果.xlsx"
    send = ("publish", str(file), "--kind", "nil", "--as", "340104", "--report", str(report), "--json")
    answer = huiliu(*send)
    assert answer.code == 3, answer.err
    assert answer.last["verdicts"] == {"accepted": 2, "duplicate": 1, "quarantined": 1, "refused": 1}
    assert (answer.last["lines"], answer.last["sent"], answer.last["refused"]) == (5, 4, 1)
    heads, *told = python_calamine.load_workbook(str(report)).get_sheet_by_name("逐行结果").to_python()
    by_row = {int(line[heads.index(HEADINGS[0])]): dict(zip(heads, line, strict=True)) for line in told}
    assert [by_row[n]["科室意见"] for n in range(2, 7)] == [f"=意见{n}" for n in range(1, 6)]
    assert by_row[5]["规则 code"].startswith("NL-")
    assert by_row[5]["回执 receipt"].startswith("intake.340104.nil-")
    assert by_row[6]["单元格 cell"].startswith("数据!")
    totals = dict(python_calamine.load_workbook(str(report)).get_sheet_by_name("汇总").to_python())
    assert totals["数据行 rows"] == totals["文件行数 rows in file"] == 5
    again = huiliu(*send[:-3], "--report", str(tmp_path / "again.csv"), "--json")
    assert again.last["verdicts"] == {"duplicate": 3, "quarantined": 1, "refused": 1}
    with (tmp_path / "again.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["结论 verdict"] for row in csv.DictReader(lines)][:3] == ["重复 duplicate"] * 3


def test_a_dropped_file_is_answered_beside_it_and_enters_the_history(at_hub: Any, huiliu: Any, tmp_path: Path) -> None:
    huiliu("publisher", "add", "340104", "--kinds", "nil")
    at_hub.worker()
    inbox = tmp_path / "drop" / "340104" / "nil"
    inbox.mkdir(parents=True)
    (tmp_path / "drop" / "340104" / "award").mkdir()
    workbook(inbox / "九月.xlsx", [{"period": "2026-09"}])
    workbook(inbox / "缺原因.xlsx", [{"period": "2026-08"}, {"reason": ""}])
    (inbox.parent / "award" / "x.csv").write_bytes("奖补编号\n1\n".encode("gb18030"))
    answer = huiliu("watch", str(tmp_path / "drop"), "--once", "--json")
    assert answer.code == 0, answer.err
    told = {Path(line["file"]).name.split("-", 2)[2]: line for line in answer.lines}
    assert {name: line["whole"] for name, line in told.items()} == {
        "九月.xlsx": True,
        "缺原因.xlsx": False,
        "x.csv": False,
    }
    assert "huiliu publisher add 340104 --kinds award" in told["x.csv"]["reason"]
    (report,) = (inbox / "refused").glob("*.结果.xlsx")
    totals = dict(python_calamine.load_workbook(str(report)).get_sheet_by_name("汇总").to_python())
    assert totals["数据行 rows"] == totals["其中入库 accepted"] + totals["其中未发送 refused"] == 2
    with at_hub.warehouse.read() as connection:
        lines = submissions.history(connection, DivisionCode("340104"))
    assert {(line.submission.name, line.submission.records, line.submission.refused) for line in lines} == {
        ("九月.xlsx", 1, 0),
        ("缺原因.xlsx", 1, 1),
    }
    assert all(line.waiting == 0 for line in lines)
