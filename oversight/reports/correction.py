"""A corrigendum (更正): the issued figures and the present ones cell by cell, and the events that made the difference.

It is a snapshot of its own: its sections are the table of differences and the list of events. The figures that stand
after it are a frozen snapshot too, named in ``corrects``. Pure; what came in between is read by the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from huiliu import division as divisions
from oversight.reports.making import rows
from oversight.reports.ranking import called
from oversight.reports.section import NUMBERS, Cell, Column, Section
from oversight.reports.snapshot import Snapshot
from oversight.reports.writing import written

WHOLE: Final = "合计"
ABSENT: Final = "无"

#: Of each section the kinds whose events change it. ``ledger``: whatever was processed since.
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "connected": ("registration",),
    "effectiveness": ("reading", "registration", "declaration"),
    "exceedances": ("reading", "registration"),
    "factors": ("reading", "registration"),
    "projects": ("project",),
    "lights": ("project",),
    "lit": ("project",),
    "awards": ("award",),
    "indicators": ("indicator",),
    "indicator_range": ("indicator",),
    "obligations": ("project", "award", "indicator", "reading", "registration"),
    "missing": ("project", "award", "indicator", "reading", "registration"),
}
#: What changes otherwise than by events of a kind.
DERIVED: Final = {"cases": "督办事项的办理", "overdue": "督办事项的办理", "assessment": "所依据的数字变动"}
SAID: Final = {"project": "项目报送", "award": "奖补报送", "indicator": "指标报送", "registration": "登记",
               "reading": "监测数据", "declaration": "停运检修申报"}  # fmt: skip

DIFFERENCES: Final = (
    Column("section", "部分", "text"),
    Column("row", "行", "text", "行的代码；合计为全省"),
    Column("row_name", "名称", "text"),
    Column("figure", "项目", "text"),
    Column("old", "原数", "text", "印发时的数"),
    Column("new", "更正为", "text"),
    Column("difference", "差", "text", "更正后减原数；不是数的为空"),
    Column("cause", "原因", "text", "印发快照之后与此有关的报送"),
)
EVENTS: Final = (
    Column("kind", "类别", "text"),
    Column("city", "区划代码", "division"),
    Column("city_name", "区划", "text"),
    Column("subject", "对象", "text"),
    Column("revision", "修订", "count", "报送的修订号；申报则为申报号"),
    Column("topic", "主题", "text"),
    Column("partition", "分区", "count"),
    Column("offset", "偏移量", "count", "huiliu explain offset 主题 分区 偏移量"),
    Column("recorded", "入库时间", "text"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is not as it was. ``old`` or ``new`` None: there was, or is, no such figure."""

    section: Section
    column: Column
    row: str
    row_name: str
    old: Cell
    new: Cell

    @property
    def city(self) -> str | None:
        """The city that the row is of; None for the whole province and for rows of other things."""
        return next((part for part in self.row.split("/") if divisions.known(part)), None)


def differences(was: Snapshot, now: Snapshot) -> Iterator[Difference]:
    """Every cell that differs, in the order of the report.

    Sections and columns that only one of the two has came or went with a version of the program: no figure changed.
    """
    for section in now.sections:
        former = was.section(section.code)
        if former is None:
            continue
        old_rows, new_rows = _by_key(former), _by_key(section)
        for row in dict.fromkeys([*new_rows, *old_rows]):
            yield from _of_row(former, section, row, old_rows.get(row), new_rows.get(row))


def _by_key(section: Section) -> dict[str, tuple[Cell, ...]]:
    found = {section.row_key(row): row for row in section.rows}
    return found | ({WHOLE: section.total} if section.total is not None else {})


def _of_row(
    former: Section, section: Section, row: str, old: tuple[Cell, ...] | None, new: tuple[Cell, ...] | None
) -> Iterator[Difference]:
    shown = section if section.columns else former
    before = {column.name: cell for column, cell in zip(former.columns, old or (), strict=False)}
    after = {column.name: cell for column, cell in zip(section.columns, new or (), strict=False)}
    known = {column.name for column in former.columns} & {column.name for column in section.columns}
    for column in shown.columns[shown.key :]:
        one, other = before.get(column.name), after.get(column.name)
        comparable = column.name in known or not (former.columns and section.columns)
        if comparable and one != other and not column.name.endswith("_name"):
            yield Difference(shown, column, row, _name(shown, row, {**before, **after}), one, other)


def _name(section: Section, row: str, cells: Mapping[str, Cell]) -> str:
    if row == WHOLE:
        return "全省"
    names = [
        str(cells[column.name]) for column in section.columns if column.name.endswith("_name") and column.name in cells
    ]
    return " ".join(names)


@dataclass(frozen=True, slots=True)
class Base:
    """The issued report that is corrected, and the snapshot of the figures that stood with it."""

    number: int
    document_number: str
    title: str
    issued_at: str
    stood: Snapshot


def corrigendum(base: Base, now: Snapshot, events: Mapping[str, pl.DataFrame], reason: str) -> Snapshot | None:
    """The corrigendum, or None where nothing differs. ``events``: by kind, as ``sinks.report_figures.changed``."""
    found = list(differences(base.stood, now))
    if not found:
        return None
    placed = {kind: _placed(frame) for kind, frame in events.items()}
    listed = _listed(placed, now.period.last.year)
    return replace(
        now,
        kind="corrigendum",
        sections=(_table(found, placed, base.stood), listed),
        corrects={
            "number": base.number,
            "document_number": base.document_number,
            "title": base.title,
            "issued_at": base.issued_at,
            "kind": base.stood.kind,
            "was": base.stood.sha256,
            "was_as_of": base.stood.as_of,
            "stands": now.sha256,
            "reason": reason,
        },
    )


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    code = pl.col("city").map_elements(
        lambda c: divisions.city_of(c) if divisions.known(c) else c, return_dtype=pl.String
    )
    return frame.with_columns(place=code) if frame.height else frame.with_columns(place=pl.lit("", pl.String)).clear()


def _table(found: list[Difference], events: Mapping[str, pl.DataFrame], was: Snapshot) -> Section:
    told = tuple(
        (
            one.section.title, one.row, one.row_name, one.column.heading, *_written(one), _difference(one),
            _cause(one, events),
        )
        for one in found
    )  # fmt: skip
    return Section(
        "differences",
        "更正对照",
        columns=DIFFERENCES,
        key=4,
        rows=told,
        facts={"cells": len(found), "sections": "、".join(dict.fromkeys(one.section.title for one in found))},
        notes=(f"原数取自快照 {was.sha256[:16]}；未列的数字未变。金额以万元计。",),
    )


def _written(one: Difference) -> tuple[str, str]:
    """Both figures; shares that look alike with more places, so that what differs is seen to."""
    old, new = (ABSENT if cell is None else written(one.column, cell) for cell in (one.old, one.new))
    if old == new and one.column.sort in ("share", "points"):
        return _finely(one.old), _finely(one.new)
    return old, new


def _finely(cell: Cell) -> str:
    return f"{float(cell or 0) * 100:.4f}%"


def _difference(one: Difference) -> str:
    if one.column.sort not in NUMBERS or not isinstance(one.old, int | float) or not isinstance(one.new, int | float):
        return ""
    moved = one.new - one.old
    if one.column.sort in ("share", "points"):
        return f"{moved * 100:+.4f}".rstrip("0").rstrip(".") + " 个百分点"
    if one.column.sort == "fen":
        return f"{'+' if moved > 0 else ''}{written(one.column, moved)} 万元"
    return f"{moved:+,.6g}" if one.column.sort == "value" else f"{int(moved):+,}"


def _cause(one: Difference, events: Mapping[str, pl.DataFrame]) -> str:
    if one.section.code in DERIVED:
        return DERIVED[one.section.code]
    kinds = KINDS.get(one.section.code, ())
    if not kinds:
        return "期内继续处理的报送"
    own = [(kind, _count(events[kind], one.city)) for kind in kinds if kind in events]
    said = [f"{SAID[kind]} {count:,} 条" for kind, count in own if count]
    if said:
        return "、".join(said)
    elsewhere = any(_count(events[kind], None) for kind in kinds if kind in events)
    return "他市数字变动" if elsewhere else "无新报送：考核窗口届满或规则、期初数变化"


def _count(frame: pl.DataFrame, city: str | None) -> int:
    ours = frame if city is None else frame.filter((pl.col("place") == city) | (pl.col("city") == city))
    return int(ours.unique("city")["events"].sum()) if ours.height else 0


def _listed(events: Mapping[str, pl.DataFrame], year: int) -> Section:
    frames = [
        frame.select(
            kind=pl.lit(SAID[kind]), city="city",
            city_name=pl.col("city").map_elements(lambda code: called(code, year), return_dtype=pl.String),
            subject="subject", revision=pl.col("revision").cast(pl.Int64), topic=pl.col("topic").cast(pl.String),
            partition=pl.col("partition").cast(pl.Int64), offset=pl.col("offset").cast(pl.Int64),
            recorded=pl.col("known_from").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%d %H:%M:%S"),
        )
        for kind, frame in events.items()
        if frame.height
    ]  # fmt: skip
    counts = {SAID[kind]: _count(frame, None) for kind, frame in events.items() if _count(frame, None)}
    if not frames:
        return Section("events", "更正所据报送", absent="印发快照之后没有与本期有关的报送")
    shown = pl.concat(frames)
    total = sum(counts.values())
    more = (
        f"共 {total:,} 条，列出各市各类最早的，共 {shown.height:,} 条。"
        if total > shown.height
        else f"共 {total:,} 条。"
    )
    return Section(
        "events", "更正所据报送", columns=EVENTS, key=0, rows=rows(shown, EVENTS), facts=dict(counts),
        notes=(f"印发快照之后入库、与本期或上期有关的报送。{more}逐条打开：huiliu explain offset 主题 分区 偏移量。",),
    )  # fmt: skip
