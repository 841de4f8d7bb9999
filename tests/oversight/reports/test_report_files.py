"""PDF and workbook: the figures of the snapshot, the same bytes on every machine, and nothing that was not there."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from oversight.reports import freezing
from oversight.reports.correction import differences
from oversight.reports.errors import ControlDiffers, NotASnapshot
from oversight.reports.imprint import Imprint
from oversight.reports.issuing import Files, made
from oversight.reports.section import Column, Section
from oversight.reports.sections import cases, obligations
from oversight.reports.snapshot import Snapshot, controlled, thaw
from oversight.reports.writing import percent, wan, written
from tests.oversight.reports import sample_facts

IMPRINT = Imprint(
    number=7, organ="安徽省工业和信息化厅", issuer="李明", issued_at="2025-07-16T10:00:00+08:00",
    document_number="皖工信汇〔2025〕7号", copies="省统计局",
)  # fmt: skip


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    return sample_facts.snapshot()


@pytest.fixture(scope="module")
def files(snapshot: Snapshot) -> Files:
    return made(snapshot, IMPRINT)


def text_of(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def test_a_snapshot_read_back_is_the_same_bytes(snapshot: Snapshot) -> None:
    assert thaw(snapshot.content).content == snapshot.content
    assert thaw(snapshot.content).sha256 == snapshot.sha256


@given(st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_what_is_no_snapshot_is_refused(content: bytes) -> None:
    with pytest.raises(NotASnapshot):
        thaw(content)


def test_a_rewritten_snapshot_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(NotASnapshot):
        thaw(snapshot.content.replace(b",", b", ", 1))


def test_a_figure_that_is_not_its_control_total_stops_the_report(snapshot: Snapshot) -> None:
    section = replace(snapshot.sections[2], control=(("340100 小时超标", 12, 13),))
    with pytest.raises(ControlDiffers, match="340100"):
        controlled(replace(snapshot, sections=(section,)))


MAKE = """
import sys, json, hashlib
from pathlib import Path
from oversight.reports.imprint import Imprint
from oversight.reports.issuing import made
from oversight.reports.snapshot import thaw
files = made(thaw(Path(sys.argv[1]).read_bytes()), Imprint(**json.loads(sys.argv[2])))
print(files.pdf_sha256, files.xlsx_sha256, "mplfonts" in sys.modules)
"""


@pytest.mark.parametrize(
    "environ",
    [
        {"TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "1", "HUILIU_LANGUAGE": "en"},
        {"TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77", "SOURCE_DATE_EPOCH": "1"},
    ],
)
def test_another_process_makes_the_same_bytes(
    files: Files, snapshot: Snapshot, tmp_path: Path, environ: dict[str, str]
) -> None:
    kept = tmp_path / "snapshot.json"
    kept.write_bytes(snapshot.content)
    told = subprocess.run(
        [sys.executable, "-c", MAKE, str(kept), json.dumps(IMPRINT.told())],
        env={**os.environ, **environ, "PYTHONPATH": str(Path(__file__).parents[3])}, capture_output=True, text=True,
        check=True, cwd=tmp_path,
    )  # fmt: skip
    assert told.stdout.split() == [files.pdf_sha256, files.xlsx_sha256, "False"]


def test_the_pdf_says_the_figures_that_guangdong_told(files: Files, snapshot: Snapshot) -> None:
    said = text_of(files.pdf)
    # Enterprises and outlets, effectiveness with its change, cities and enterprises below, those at zero.
    assert "期末全省登记联网企业2家、排放口3个" in said  # the fourth outlet came after the quarter, E1 is in two cities
    assert "全省应传2,500小时，有效2,330小时，传输有效率93.20%，比上期上升1.70个百分点" in said
    assert "低于90%的市1个（芜湖市）" in said
    assert "低于90%的企业2家，其中为零的1家" in said
    # Exceedances over hours and days with their change.
    assert "小时值超标17条，占有效小时值的0.57%，比上期减少4条" in said
    assert "日均值超标1条，与上期持平" in said
    # Projects and awards.
    assert "在库项目2个，已开工1个，停工1个，本期报送1个" in said
    assert "计划总投资15,000.00万元，累计完成7,000.00万元，投资完成率46.67%" in said
    assert "批准奖补2笔、80.00万元，其中免申即享2笔；已拨付50.00万元，拨付率62.50%" in said
    # What oversight did not give is said so, not made up.
    assert "本快照没有取得督办事项数据，不列数字" in said
    assert snapshot.sha256 in said


def test_the_pdf_carries_its_snapshot_and_its_imprint(files: Files, snapshot: Snapshot) -> None:
    reader = PdfReader(io.BytesIO(files.pdf))
    assert reader.attachments["snapshot.json"] == [snapshot.content]
    assert f"sha256:{snapshot.sha256}" in str(reader.metadata)
    assert b"<pdfaid:part>3</pdfaid:part>" in files.pdf  # PDF/A-3: archives take it, attachment and all
    said = text_of(files.pdf)
    for part in ("安徽省工业和信息化厅文件", "皖工信汇〔2025〕7号", "抄送：省统计局。", "2025年7月16日印发", "—1—"):
        assert part in said
    fonts = {str(font["/BaseFont"]) for page in reader.pages for font in _fonts(page)}
    assert all("NotoSerifCJK" in name or "NotoSansCJK" in name for name in fonts)
    assert fonts


def _fonts(page: object) -> list[dict[str, object]]:
    resources = page["/Resources"]  # type: ignore[index]
    return [font.get_object() for font in resources.get("/Font", {}).values()]


def test_a_draft_says_that_it_is_one(snapshot: Snapshot) -> None:
    said = text_of(made(snapshot, None).pdf)
    assert "草稿，未印发" in said
    assert "文件" not in said[:20]


def test_the_workbook_has_the_snapshots_cells(files: Files, snapshot: Snapshot) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(files.xlsx))
    for section in snapshot.sections:
        if not section.rows:
            assert section.title not in book.sheet_names
            continue
        rows = book.get_sheet_by_name(section.title).to_python()
        body = rows[1 : 1 + len(section.rows)]
        for told, cells in zip(section.rows, body, strict=True):
            for column, cell, shown in zip(section.columns, told, cells, strict=True):
                assert shown == _shown(column, cell), (section.code, column.name)
        if section.total is not None:
            assert rows[len(section.rows) + 1][0] == "合计"
    assert book.sheet_names[-5:] == ["说明", "数据字典", "证据", "控制总数", "偏移量"]
    assert snapshot.sha256 in str(book.get_sheet_by_name("说明").to_python())


def _shown(column: Column, cell: object) -> object:
    if cell is None:
        return ""
    if column.sort == "fen":
        return float(str(cell)) / 100
    if column.sort == "light":
        return written(column, str(cell))
    return pytest.approx(cell) if isinstance(cell, int | float) else cell


def test_the_workbook_runs_nothing_and_knows_no_clock(files: Files) -> None:
    with zipfile.ZipFile(io.BytesIO(files.xlsx)) as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if "/sheet" in name)
        core = book.read("docProps/core.xml").decode()
    assert b"<f>" not in sheets
    assert "mergeCell" not in sheets.decode()
    assert "2025-07-16" in core


def test_equal_rates_share_a_rank_and_the_next_is_as_far_down(snapshot: Snapshot) -> None:
    section = snapshot.section("effectiveness")
    assert section is not None
    told = dict(zip(section.column("city"), section.column("rank"), strict=True))
    assert told == {"340100": 1, "340200": 3, "340300": 1}
    lights = dict(zip(section.column("city"), section.column("light"), strict=True))
    assert lights == {"340100": "GREEN", "340200": "RED", "340300": "GREEN"}
    places = dict(zip(section.column("city"), section.column("places"), strict=True))
    assert places == {"340100": 1, "340200": -2, "340300": None}  # 340300 had no figure in the last period


def test_sums_of_cities_are_the_total(snapshot: Snapshot) -> None:
    for section in snapshot.sections:
        if section.total is None:
            continue
        for at, column in enumerate(section.columns):
            if column.sort in ("count", "change", "fen") and column.name != "enterprises":
                assert section.total[at] == sum(row[at] or 0 for row in section.rows), (section.code, column.name)


@given(st.integers(-(10**15), 10**15))
def test_money_is_written_half_up_to_two_places_of_ten_thousand_yuan(fen: int) -> None:
    told = float(wan(fen).replace(",", ""))
    assert abs(told - fen / 1_000_000) <= 0.005 + 1e-6


def test_a_share_is_rounded_half_up() -> None:
    assert percent(0.95545) == "95.55%"
    assert percent(0.1) == "10.00%"


def test_obligations_are_told_by_their_four_states_and_those_in_time() -> None:
    states = [
        ("340100", "REPORTED", True), ("340100", "REPORTED", False), ("340100", "EXEMPT", None),
        ("340100", "MISSING", None), ("340200", "CONFIRMED_ZERO", True),
    ]  # fmt: skip
    frame = pl.DataFrame(
        [
            {"city": int(city), "division": int(city), "obligation": "PROJECT", "subject": city, "period": "2025-06",
             "due": datetime(2025, 7, 10, 16, tzinfo=UTC), "state": state, "on_time": on_time, "days_late": 5}
            for city, state, on_time in states
        ]
    )  # fmt: skip
    now = sample_facts.facts(obligations=frame)
    section = obligations.section(now, sample_facts.facts("2025Q1"))
    told = {row[0]: row[section.at("due") :] for row in section.rows}
    assert told["340100"] == (4, 2, 0, 1, 1, 1, pytest.approx(1 / 3, abs=1e-6), None)
    assert told["340200"] == (1, 0, 1, 0, 0, 0, 1.0, None)
    assert section.of_total("share") == 0.5
    assert all(figure == control for _, figure, control in section.control)
    (gone,) = obligations.missing(now).rows
    assert gone[-1] == "2025-07-11 00:00"


def test_cases_are_counted_as_they_stood_at_the_end_of_the_period() -> None:
    def case(number: str, city: str, opened: tuple[int, int], state: str, **more: Any) -> dict[str, Any]:
        return {"number": number, "city": city, "division": city, "rule": "OV-PJ-PACE", "severity": "RED",
                "subject": "x", "state": state, "level": "", "owner": city,
                "opened_at": datetime(2025, *opened, tzinfo=UTC), "closed_at": None, "next_date": None,
                "mend_by": None, **more}  # fmt: skip

    frame = pl.DataFrame(
        [
            case("1", "340100", (4, 10), "CLOSED", closed_at=datetime(2025, 5, 1, tzinfo=UTC)),
            case("2", "340100", (5, 10), "RECTIFYING", next_date=date(2025, 6, 20), level="CITY"),
            case("3", "340100", (2, 10), "ASSIGNED", next_date=date(2025, 7, 20)),
            case("4", "340200", (6, 30), "REPORTED", next_date=date(2025, 7, 20)),
        ],
        schema=cases.CASE,
    )
    now = sample_facts.facts(cases=frame)
    section = cases.section(now, sample_facts.facts("2025Q1", cases=frame))
    names = ("opened", "opened_change", "handled", "closed", "open", "overdue", "escalated")
    told = {row[0]: tuple(row[section.at(name)] for name in names) for row in section.rows}
    assert told == {"340100": (2, 1, 1, 1, 2, 1, 1), "340200": (1, 1, 1, 0, 1, 0, 0)}
    (late,) = cases.overdue(now).rows
    assert (late[0], late[-3:]) == ("2", ("2025-06-20", 10, "市"))
    said = text_of(made(sample_facts.snapshot(now), IMPRINT).pdf)
    assert "本期立案3件，比上期增加" in said
    assert "处理率66.67%" in said
    assert "处理率低于80%的市1个（合肥市）" in said
    assert "超期督办事项" in said


def test_a_long_list_is_printed_in_part_and_says_so() -> None:
    row = ("DB-{}", "340100", "合肥市", "OV-PJ-PACE", "RED", "x", "交办", "2025-06-20", 10, "")
    rows = tuple((row[0].format(at), *row[1:]) for at in range(200))
    title = "超期督办事项"
    sections = (Section("overdue", title, columns=cases.OVERDUE, rows=rows),)
    told = made(replace(sample_facts.snapshot(), sections=sections), None)
    said = text_of(told.pdf)
    assert said.count("DB-") == 60
    assert "共200项，列出前60项，其余见数据工作簿" in said
    book = CalamineWorkbook.from_filelike(io.BytesIO(told.xlsx))
    assert len(book.get_sheet_by_name(title).to_python()) == 201


def test_the_years_assessment_is_points_over_the_figures_of_the_report() -> None:
    year = sample_facts.facts("2025")
    sections = freezing.made(year, sample_facts.facts("2024"), None)
    table = sections[0]
    told = {row[0]: row for row in table.rows}
    effectiveness = next(one for one in sections if one.code == "effectiveness")
    rates = dict(zip(effectiveness.column("city"), effectiveness.column("effectiveness"), strict=True))
    for city, row in told.items():
        assert row[table.at("effectiveness")] == pytest.approx(25 * min(1, float(str(rates[city])) / 0.95), abs=0.01)
    # 340300 has neither projects nor awards: those points it neither gets nor misses.
    assert told["340300"][table.at("projects")] is None
    assert told["340300"][table.at("possible")] == 25
    assert told["340300"][table.at("rank")] == 1
    assert "cases" not in {column.name for column in table.columns}
    assert any("督办处理率" in note for note in table.notes)


def test_a_corrigendum_lists_the_cells_that_differ_and_no_others(snapshot: Snapshot) -> None:
    assert list(differences(snapshot, snapshot)) == []
    section = snapshot.section("missing")
    assert section is not None
    key = ("340100", "合肥市", "340104", "PROJECT", "340104")
    owed = replace(
        section, absent=None, columns=obligations.MISSING, key=6,
        rows=((*key, "2025-05", "2025-06-11 00:00"), (*key, "2025-06", "2025-07-11 00:00")),
    )  # fmt: skip
    later = replace(owed, rows=owed.rows[1:])
    others = tuple(one for one in snapshot.sections if one.code != "missing")
    was, now = (replace(snapshot, sections=(*others, one)) for one in (owed, later))
    (gone,) = differences(was, now)
    assert (gone.row.split("/")[-1], gone.old, gone.new, gone.city) == ("2025-05", "2025-06-11 00:00", None, "340100")
    # A section that an earlier version of the program did not have is no correction.
    assert list(differences(replace(snapshot, sections=others), now)) == []
