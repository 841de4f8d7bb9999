"""The same rows in every format and encoding are the same records; what cannot be read is told with its place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from gateways.files.errors import FileRefused
from gateways.files.json_lines import LineFault
from gateways.files.source import Portion, Reading, Source, opened
from schemas.contract import contract
from schemas.decode import decode
from schemas.event_json import to_json
from validators.sample import SAMPLES

HEADS = [
    *("区划代码说明", "行政区划代码（GB/T 2260，六位）", "修订号", "项目代码", "项目名称", "enterprise"),
    *("国民经济行业代码", "所属计划", "项目库层级", "stage", "所报月份", "计划总投资（万元）", "累计完成投资(元)"),
    *("形象进度（%）", "计划开工日期", "报送时间"),
]
ROWS = [
    ["蜀山", "340104", "1", f"2503-340104-07-02-38152{n}", f"“{n}号”项目,\n二期; 㐂", "91340100MA2MQ1232Q", "3851",
     "技术改造", "省级", "BUILDING", "2026-10", "12,000.5", "6000.01", "45.5%", "2026/1/5", "2026-11-20 10:05"]
    for n in range(3)
]  # fmt: skip


def read(content: bytes, name: str = "项目.csv", kind: str = "project", **way: Any) -> tuple[Source, list[Portion]]:
    with opened(io.BytesIO(content), name, Reading(kind=kind, division="340100", **way)) as source:
        return source, list(source)


def events(portions: Sequence[Portion], kind: str = "project") -> list[dict[str, Any]]:
    values = [value for portion in portions for value in portion.records.values]
    return decode(kind, values, record_bytes=1 << 20).frame.drop("row").to_dicts()


def faults(portions: Sequence[Portion]) -> list[LineFault]:
    return [fault for portion in portions for fault in portion.records.faults]


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def as_xlsx(rows: Sequence[Sequence[Any]], shape: Any = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表一")
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell)
        if shape is not None:
            shape(book, sheet)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_the_same_in_every_encoding_and_with_every_delimiter(encoding: str, delimiter: str) -> None:
    source, portions = read(as_csv([HEADS, *ROWS], delimiter).encode(encoding))
    assert faults(portions) == []
    assert (source.rows, source.own) == (3, ("区划代码说明",))
    assert events(portions) == EXPECTED


EXPECTED = [
    {
        **dict.fromkeys(contract("project").names),
        "division": "340104",
        "revision": 1,
        "reported_at": 1795140300000,
        "project_code": f"2503-340104-07-02-38152{n}",
        "name": f"“{n}号”项目,\n二期; 㐂",
        "enterprise": "91340100MA2MQ1232Q",
        "industry": "3851",
        "programme": "TECHNICAL_TRANSFORMATION",
        "tier": "PROVINCE",
        "stage": "BUILDING",
        "month": "2026-10",
        "planned_investment": 12_000_500_000,
        "cumulative_investment": 600_001,
        "progress": 45.5,
        "planned_start": 20458,
    }
    for n in range(3)
]


def test_a_workbook_with_typed_cells_titles_and_per_cent_is_the_same() -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 5, "2026 年 10 月项目")
        for at in range(3):
            row = at + 2
            sheet.write_number(row, 1, 340104)
            sheet.write_number(row, 11, 12000.5)
            sheet.write_number(row, 12, 6000.01)
            sheet.write_number(row, 13, 0.455, book.add_format({"num_format": "0.0%"}))
            sheet.write_datetime(row, 10, datetime(2026, 10, 1), book.add_format({"num_format": "yyyy-mm"}))
            sheet.write_datetime(row, 14, datetime(2026, 1, 5), book.add_format({"num_format": "yyyy/m/d"}))
            sheet.write_datetime(
                row, 15, datetime(2026, 11, 20, 10, 5), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
            )

    _, portions = read(as_xlsx([[], HEADS, *ROWS], shape), "项目.xlsx")
    assert faults(portions) == []
    assert events(portions) == EXPECTED


def test_parquet_texts_and_types_are_the_same() -> None:
    frame = pl.DataFrame([dict(zip(HEADS, row, strict=True)) for row in ROWS]).with_columns(
        pl.Series("累计完成投资(元)", [6000.01] * 3),
        pl.Series("计划开工日期", [datetime(2026, 1, 5).date()] * 3),
        pl.Series("报送时间", [datetime(2026, 11, 20, 2, 5)] * 3, pl.Datetime("ms", "UTC")),
        pl.Series("修订号", [1] * 3, pl.Int8),
    )
    out = io.BytesIO()
    frame.write_parquet(out)
    _, portions = read(out.getvalue(), "项目.parquet")
    assert faults(portions) == []
    assert events(portions) == EXPECTED


@pytest.mark.parametrize("kind", ["registration", "response", "reading", "award"])
def test_a_table_says_what_json_lines_say(kind: str) -> None:
    sample = to_json(kind, SAMPLES[kind])
    cells = [
        "" if v is None else v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in sample.values()
    ]
    _, table = read(as_csv([list(sample), cells]).encode(), kind=kind)
    _, lines = read(json.dumps(sample).encode(), "x.jsonl", kind=kind)
    assert faults(table) == []
    assert events(table, kind) == events(lines, kind)


def test_rows_that_are_no_events_are_named_and_the_others_pass() -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.merge_range(3, 1, 3, 2, "340104")
        sheet.write_formula(5, 12, "=1/0", None, "#DIV/0!")
        sheet.write_row(6, 0, ["合计", "", "", "", "", "", "", "", "", "", "", 24000])
        sheet.write_number(8, 5, 913401001234567890)
        book.add_worksheet("备查").write(0, 0, "x")

    rows = [ROWS[0], ROWS[0], ROWS[0], ROWS[1], ROWS[1], [], [], ROWS[2], ROWS[2]]
    source, portions = read(as_xlsx([HEADS, *rows], shape), "项目.xlsx")
    told = [(f.line, f.code, f.place) for f in faults(portions)]
    assert told == [
        (3, "FL-HIDDEN-01", "表一!3"),
        (4, "FL-MERGED-01", "表一!4"),
        (6, "FL-CELL-01", "表一!M6 累计完成投资(元)"),
        (7, "FL-TOTAL-01", "表一!7"),
        (9, "FL-DAMAGED-01", "表一!F9 enterprise"),
    ]
    numbers = [number for portion in portions for number in portion.records.numbers]
    assert numbers == [2, 5, 10]
    assert (source.rows, source.blank) == (len(numbers) + len(told), 1)
    assert any("备查" in note for note in source.notes)


def test_rows_of_another_shape_are_named_with_all_they_hold() -> None:
    good = as_csv(ROWS[:1])
    content = (
        as_csv([HEADS]) + good + good.rstrip("\r\n") + ",多,余\r\n" + good + 'x,"没有结束\r\n' + good.replace('"', "")
    )
    _, portions = read(content.encode())
    told = faults(portions)
    assert (told[0].line, told[0].code) == (3, "FL-ROW-01")
    assert "多 | 余" in str(told[0].value)
    assert {fault.code for fault in told[1:]} == {"FL-ROW-01"}
    assert [n for p in portions for n in p.records.numbers] == [2, 4]


def test_a_byte_that_is_in_no_encoding_is_told_at_its_cell() -> None:
    content = as_csv([HEADS, *ROWS]).encode().replace("“1号”".encode(), b"\xff\xfe")
    _, portions = read(content)
    assert [(f.line, f.field, f.code) for f in faults(portions)] == [(3, "name", "FL-CELL-01")]


@pytest.mark.parametrize(
    ("heads", "told"),
    [
        ([h.replace("（万元）", "") for h in HEADS], "计划总投资（万元）"),
        ([h for h in HEADS if h != "项目代码"], "project_code"),
        ([*HEADS[:-1], "项目 代码"], "两列"),
        (["a", "b"], "huiliu template project"),
    ],
)
def test_headings_that_leave_a_doubt_are_refused_with_how_to_mend_them(
    heads: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "zh")
    with pytest.raises(FileRefused, match=told):
        read(as_csv([heads, *ROWS]).encode())


def test_headings_of_ones_own_are_mapped() -> None:
    heads = ["工程编号" if h == "项目代码" else "投资" if h.startswith("计划总投资") else h for h in HEADS]
    _, portions = read(
        as_csv([heads, *ROWS]).encode(), mapping=("工程编号=project_code", "投资=planned_investment:万元")
    )
    assert events(portions) == EXPECTED
    with pytest.raises(FileRefused, match="project_code"):
        read(as_csv([heads, *ROWS]).encode(), mapping=("工程编号=nothing",))


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, b"PAR1xxPAR1"]
)
def test_a_damaged_file_is_refused_and_nothing_worse(content: bytes) -> None:
    with pytest.raises(FileRefused):
        read(content)


@given(st.integers(0, 6000), st.binary(min_size=1, max_size=40))
def test_no_damage_to_a_workbook_crashes(at: int, junk: bytes) -> None:
    content = bytearray(BOOK)
    content[at : at + len(junk)] = junk
    try:
        read(bytes(content), "x.xlsx")
    except FileRefused:
        return


BOOK = as_xlsx([HEADS, *ROWS])


@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=8))
def test_every_row_of_a_csv_is_a_record_or_told_or_blank(rows: list[list[str]]) -> None:
    heads = ["统计期", "零报告原因", "报送责任", "修订号", "填报人"]
    content = as_csv([heads, *[[cell.replace("\0", "") for cell in row] for row in rows]]).encode("utf-8", "replace")
    try:
        source, portions = read(content, kind="nil")
    except FileRefused:
        return
    told = {fault.line for fault in faults(portions)}
    numbers = {n for p in portions for n in p.records.numbers}
    assert not told & numbers
    assert source.rows == len(told) + len(numbers)
    assert told | numbers == {row.number for p in portions for row in p.rows}
