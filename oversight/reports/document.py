"""The printed document as data: what the template sets, made of a snapshot and its imprint, and of nothing else.

Layout by GB/T 9704-2012 (党政机关公文格式): red head, 发文字号, title, 主送机关, body, 附件说明, signature and date,
attachments, 版记 with 抄送 and 印发. Sections in words are the body, their tables the attachments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from huiliu import division as divisions
from oversight.reports import narrative
from oversight.reports.imprint import ADDRESSEE, Imprint
from oversight.reports.section import NUMBERS, Cell, Column, Section
from oversight.reports.sections.assessment import dimensions
from oversight.reports.snapshot import Snapshot
from oversight.reports.writing import day, heading, named, written

NUMERALS: Final = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")

#: A line of a title is broken only where a bar stands, so that no word is cut (GB/T 9704-2012, 7.3.1).
TITLES: Final = {
    "month": "{period}|工业项目、奖补资金|与自动监测|月度监测情况",
    "quarter": "关于{period}|工业项目、奖补资金|与自动监测情况的|通报",
    "year": "关于{period}|工业项目、奖补资金|与自动监测工作|考核情况的通报",
    "corrigendum": "关于更正{period}|工业项目、奖补资金|与自动监测有关数据的|通报",
}
HEADS: Final = {"month": "月度监测", "quarter": "季度通报", "year": "年度考核通报", "corrigendum": "更正通报"}
OPENINGS: Final = {
    "month": "现将{period}工业项目、奖补资金和污染源自动监测的报送与运行情况监测如下。",
    "quarter": "现将{period}工业项目、奖补资金和污染源自动监测的报送与运行情况通报如下。",
    "year": "现将{period}工业项目、奖补资金和污染源自动监测的考核情况通报如下。",
}

#: What of each section is printed, in this order; the workbook has all columns.
PRINTED: Final[Mapping[str, tuple[str, ...]]] = {
    "connected": ("city_name", "enterprises", "outlets", "added", "added_change"),
    "effectiveness": (
        "rank", "city_name", "transmission", "validity", "effectiveness", "points", "places", "below", "zero", "light",
    ),
    "exceedances": ("rank", "city_name", "hours", "hours_change", "hours_share", "days", "days_change"),
    "factors": ("pollutant_name", "hours", "hours_change", "days", "days_change"),
    "projects": ("rank", "city_name", "projects", "told", "planned", "cumulative", "share", "points", "places"),
    "lights": ("rank", "city_name", "projects", "red", "red_change", "yellow", "yellow_change", "share"),
    "awards": ("rank", "city_name", "awards", "automatic", "amount", "paid", "share", "paid_now", "paid_change"),
    "indicator_range": ("indicator_name", "unit", "cities", "highest", "highest_city", "lowest", "lowest_city"),
    "records": ("rank", "city_name", "received", "corrected", "quarantined", "share", "points"),
    "obligations": (
        "rank", "city_name", "due", "reported", "zero", "exempt", "missing", "late", "share", "points",
    ),
    "cases": (
        "rank", "city_name", "opened", "opened_change", "handled", "share", "points", "closed", "open", "overdue",
    ),
    "overdue": ("number", "city_name", "light", "subject", "state", "next_date", "days", "level"),
    "assessment": (
        "rank", "city_name", *(dimension.code for dimension in dimensions()), "points", "possible", "share",
    ),
    "differences": ("section", "row_name", "figure", "old", "new", "difference", "cause"),
    "events": ("kind", "city_name", "subject", "revision", "topic", "partition", "offset", "recorded"),
}  # fmt: skip

TOGETHER: Final = ("factors", "overdue")
#: So many rows of a list are printed; the workbook has all of them.
MOST: Final = {"overdue": 60, "events": 240}
ASCII: Final = 0x80
SHORT: Final = 8  #: half-widths of a heading that is not broken

KINDS: Final = {"reading": "监测数据", "project": "项目", "award": "奖补", "indicator": "指标",
                "registration": "登记", "nil": "零报告", "response": "反馈"}  # fmt: skip


def document(snapshot: Snapshot, imprint: Imprint | None) -> dict[str, Any]:
    """What the template sets; a draft where there is no imprint."""
    printed = [section for section in snapshot.sections if not section.workbook_only]
    tables = [section for section in printed if section.rows and section.code in PRINTED]
    period = named(snapshot.period)
    issued_on = snapshot.as_of if imprint is None else imprint.issued_at
    return {
        "draft": imprint is None,
        "head": _head(snapshot, imprint),
        "number": "" if imprint is None else imprint.document_number,
        "title": TITLES[snapshot.kind].format(period=period).replace("|", ""),
        "title_words": TITLES[snapshot.kind].format(period=period).split("|"),
        "addressee": (ADDRESSEE if imprint is None else imprint.addressee) + "：",
        "opening": _opening(snapshot),
        "parts": list(_parts(printed)),
        "attachments": [*_attachments(tables), _evidence(snapshot)],
        "signature": "（草稿，未印发）" if imprint is None else imprint.organ,
        "date": day(issued_on),
        "issued_on": issued_on[:10],
        "copies": "" if imprint is None else imprint.copies,
        "printed_by": "汇流生成草稿" if imprint is None else f"{imprint.organ}　经办 {imprint.issuer}",
        "sha256": snapshot.sha256,
        "report": "" if imprint is None else str(imprint.number),
    }


def _head(snapshot: Snapshot, imprint: Imprint | None) -> str:
    if imprint is not None:
        return imprint.organ + ("" if imprint.organ.endswith("文件") else "文件")
    return f"{divisions.name(snapshot.province)}报送督办{HEADS[snapshot.kind]}"


def _opening(snapshot: Snapshot) -> list[str]:
    if snapshot.corrects is None:
        return [OPENINGS[snapshot.kind].format(period=named(snapshot.period)), _reach(snapshot)]
    told = snapshot.corrects
    number = f"（{told['document_number']}）" if told["document_number"] else f"（第{told['number']}号）"
    return [
        (
            f"{day(told['issued_at'])}印发的《{told['title']}》{number}，所列数字因{told['reason']}有变，现予更正。"
            f"原数取自{_moment(told['was_as_of'])}的快照，更正后的数取自{_moment(snapshot.as_of)}的快照，未列入更正对照的数字不变。"
        )
    ]


def _reach(snapshot: Snapshot) -> str:
    known = f"{day(snapshot.as_of)}{snapshot.as_of[11:16]}"
    whole = "" if snapshot.as_of[:10] > snapshot.period.last.isoformat() else "；统计期尚未结束，为期中数"
    return f"数据为截至{known}已入库的报送，经校验；快照固定，后有更正另行印发更正{whole}。"


def _parts(printed: list[Section]) -> Iterator[dict[str, Any]]:
    shown = [section for section in printed if section.code not in TOGETHER]
    for place, section in enumerate(shown):
        yield {"heading": f"{NUMERALS[place]}、{section.title}", "paragraphs": narrative.paragraphs(section)}


def _attachments(tables: list[Section]) -> list[dict[str, Any]]:
    """One for each section; a section that explains the one before stands with it."""
    found: list[dict[str, Any]] = []
    for section in tables:
        if section.code in TOGETHER and found:
            found[-1]["tables"].append(_table(section))
        else:
            found.append({"title": section.title, "tables": [_table(section)]})
    return found


def _table(section: Section) -> dict[str, Any]:
    """The printed table: ranked sections in rank order, others in the order of division codes."""
    there = {column.name for column in section.columns}
    places = [section.at(name) for name in PRINTED[section.code] if name in there]
    columns = [section.columns[place] for place in places]
    rows = list(section.rows)
    if "rank" in PRINTED[section.code]:
        rank = section.at("rank")
        rows.sort(key=lambda row: (row[rank] is None, row[rank] or 0, str(row[0])))
    most = MOST.get(section.code, len(rows))
    left = [f"共 {len(rows):,} 项，列出前 {most} 项，其余见数据工作簿。"] if len(rows) > most else []
    rows = rows[:most]
    cells = [[_cell(column, row[place]) for column, place in zip(columns, places, strict=True)] for row in rows]
    total = section.total
    summed = total and [_of_total(column, total[place]) for column, place in zip(columns, places, strict=True)]
    return {
        "title": section.title,
        "columns": [
            _column(column, [row[at]["text"] for row in [*cells, *([summed] if summed else [])]])
            for at, column in enumerate(columns)
        ],
        "rows": cells,
        "total": summed,
        "notes": [*section.notes, *left],
    }


def _column(column: Column, shown: list[str]) -> dict[str, Any]:
    """Its side, and its share of the width: by its longest cell, or half its heading, which may take two lines."""
    side = "right" if column.sort in NUMBERS and column.sort not in ("rank", "places") else "center"
    said = heading(column)
    lines = max(_wide(line) for line in said.split("\n"))
    widest = max([_wide(cell) for cell in shown] + [lines if lines <= SHORT else lines // 2 + 2, 4])
    return {"heading": said, "align": "left" if column.sort == "text" else side, "width": widest + 2}


def _wide(shown: str) -> int:
    """How many half-widths a text takes."""
    return sum(1 if ord(character) < ASCII else 2 for character in shown)


def _cell(column: Column, cell: Cell) -> dict[str, str]:
    tone = str(cell).lower() if column.sort == "light" and cell else ""
    if column.sort in ("places",) and cell:
        tone = "better" if int(cell) > 0 else "worse"
    return {"text": written(column, cell), "tone": tone}


def _of_total(column: Column, cell: Cell) -> dict[str, str]:
    """A cell of the total row: the whole has no rank, so nothing is missing there."""
    return {"text": "", "tone": ""} if cell is None and column.sort in ("rank", "places") else _cell(column, cell)


def _evidence(snapshot: Snapshot) -> dict[str, Any]:
    """How the figures can be opened and checked: clocks, controls, commands."""
    return {
        "title": "证据",
        "clocks": [
            [KINDS.get(kind, kind), snapshot.clocks.covered_to.get(kind, "—"), _moment(moment)]
            for kind, moment in snapshot.clocks.processed_to.items()
        ],
        "rules": [[version, f"{records:,}"] for version, records in snapshot.clocks.rules.items()],
        "oversight": "、".join(snapshot.clocks.oversight),
        "opened": [
            {
                "title": section.title,
                "checked": len(section.control),
                "command": next(iter(section.opening.values()), ""),
                "rows": len(section.opening),
            }
            for section in snapshot.sections
            if section.opening
        ],
        "partitions": len(snapshot.positions),
        "as_of": _moment(snapshot.as_of),
    }


def _moment(iso: str) -> str:
    return iso[:19].replace("T", " ")
