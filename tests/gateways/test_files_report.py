"""Reports: the sender's columns unchanged, nothing that can run, totals that are equal."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from gateways.files import report
from gateways.files.errors import FileRefused
from gateways.files.report import Judged, Totals
from gateways.files.source import SentRow

FINDING = {"code": "FL-CELL-01", "severity": "error", "field": "revision", "value": "一", "expected": "整数",
           "difference": None, "suggestion": "1", "place": "B2 修订号"}  # fmt: skip
DANGEROUS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1", "-12.5", "合肥"]


def written(path: Path, rows: Sequence[Judged], headings: Sequence[str]) -> Totals:
    totals = Totals()
    with report.writing(path, headings, {"文件 file": "x.csv"}, totals) as sink:
        for row in rows:
            totals.note(row)
            sink.write(row)
    return totals


ROWS = [
    Judged(SentRow(2, DANGEROUS), "refused", [FINDING, FINDING]),
    Judged(SentRow(3, ["x"] * len(DANGEROUS)), "accepted", (), 1, 17, "intake.340100.nil-1-17"),
]
HEADS = [f"列{n}" for n in range(len(DANGEROUS))]


def test_a_csv_report_has_bom_crlf_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    written(path, ROWS, HEADS)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    heads, *rows = csv.reader(raw.decode("utf-8-sig").splitlines())
    assert heads == [*HEADS, *report.HEADINGS]
    assert [row[len(HEADS)] for row in rows] == ["2", "2", "3"]
    assert rows[0][: len(HEADS)] == [
        "'=1+1",
        "'+1+cmd|' /C calc'!A0",
        "'-2+3",
        "'@SUM(A1)",
        "'\t=1",
        "' =1",
        "＝1",
        "-12.5",
        "合肥",
    ]
    assert rows[2][-3:] == ["1", "17", "intake.340100.nil-1-17"]
    assert b"\r\n" in raw


def test_a_workbook_report_has_every_cell_as_it_was_sent_and_no_formula(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "r.xlsx"
    totals = written(path, ROWS, HEADS)
    book = python_calamine.load_workbook(str(path))
    heads, first, _, last = book.get_sheet_by_name("逐行结果").to_python()
    assert heads == [*HEADS, *report.HEADINGS]
    assert first[: len(DANGEROUS)] == DANGEROUS
    assert {"未发送 refused", "FL-CELL-01", "B2 修订号"} <= set(first)
    assert last[-2:] == [17.0, "intake.340100.nil-1-17"]
    told = dict(book.get_sheet_by_name("汇总").to_python())
    assert told["数据行 rows"] == totals.rows == 2 == told["其中未发送 refused"] + told["其中入库 accepted"]
    assert b"<f>" not in zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")


@given(st.text(max_size=12))
def test_no_cell_of_a_csv_report_begins_a_formula(text: str) -> None:
    cell = report.inert(text)
    assert cell[:1] not in ("=", "@", "\t", "\r")
    assert cell[:1] not in ("+", "-") or cell.lstrip("+-").replace(",", "").replace(".", "").rstrip("%").isdecimal()
    assert cell.removeprefix("'") == text or cell == text


def test_a_report_is_whole_or_not_there(tmp_path: Path) -> None:
    def fail() -> None:
        with report.writing(tmp_path / "r.xlsx", ["a"], {}, Totals()) as sink:
            sink.write(ROWS[1])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileRefused, match="csv"):
        report.require_format(tmp_path / "r.pdf")
