"""What a report says in words: each sentence is made of the snapshot's cells and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from oversight.reports.section import Cell, Section
from oversight.reports.writing import differs, listing, moved, percent, wan

MOST: Final = 6  #: figures of the whole province that a corrigendum tells in words


def paragraphs(section: Section) -> list[str]:
    """The section in words; where it has no figures, why."""
    if section.absent is not None:
        return [f"{section.absent}。"]
    told = _TOLD.get(section.code)
    return told(section) if told else []


def _connected(of: Section) -> list[str]:
    enterprises, outlets, added = (_int(of.of_total(name)) for name in ("enterprises", "outlets", "added"))
    return [
        (
            f"期末全省登记联网企业{enterprises:,}家、排放口{outlets:,}个，分布于{len(of.rows)}个市；"
            f"本期新增排放口{added:,}个{differs(_int(of.of_total('added_change')), '个')}。"
        )
    ]


def _effectiveness(of: Section) -> list[str]:
    rate, floor = of.of_total("effectiveness"), float(of.facts["floor"] or 0)
    if rate is None:
        return ["本期没有应传的小时。"]
    points = of.of_total("points")
    first = (
        f"全省应传{_int(of.of_total('due')):,}小时，有效{_int(of.of_total('valid')):,}小时，传输有效率"
        f"{percent(float(rate))}{moved(None if points is None else float(points))}。"
    )
    pairs = zip(of.column("city_name"), of.column("effectiveness"), strict=True)
    rated = [(name, float(share)) for name, share in pairs if share is not None]
    low = [str(name) for name, r in rated if r < floor]
    below = (
        f"低于{floor:.0%}的市{len(low)}个（{listing(low)}）" if low else f"{len(rated)}个市均不低于{floor:.0%}"
    )  # fmt: skip
    second = (
        f"{below}；传输有效率低于{floor:.0%}的企业{_int(of.of_total('below')):,}家，"
        f"其中为零的{_int(of.of_total('zero')):,}家。"
    )
    return [first, second, *_ends(of, "effectiveness", "传输有效率")]


def _exceedances(of: Section) -> list[str]:
    hours, days = _int(of.of_total("hours")), _int(of.of_total("days"))
    rate = of.of_total("hours_share")
    shown = "" if rate is None else f"，占有效小时值的{percent(float(rate))}"
    most = sorted(of.rows, key=lambda row: (-_int(row[of.at("hours")]), str(row[0])))[:3]
    named = [f"{row[1]}{_int(row[of.at('hours')]):,}条" for row in most if _int(row[of.at("hours")])]
    return [
        (
            f"全省小时值超标{hours:,}条{shown}{differs(_int(of.of_total('hours_change')), '条')}；"
            f"日均值超标{days:,}条{differs(_int(of.of_total('days_change')), '条')}。"
        ),
        *([f"小时值超标较多的是{'、'.join(named)}。"] if named else []),
    ]


def _projects(of: Section) -> list[str]:
    share, points = of.of_total("share"), of.of_total("points")
    done = "" if share is None else f"，投资完成率{_moving(share, points)}"
    return [
        (
            f"期末全省在库项目{_int(of.of_total('projects')):,}个，已开工{_int(of.of_total('started')):,}个，"
            f"停工{_int(of.of_total('stopped')):,}个，本期报送{_int(of.of_total('told')):,}个；计划总投资"
            f"{wan(_int(of.of_total('planned')))}万元，累计完成{wan(_int(of.of_total('cumulative')))}万元{done}。"
        ),
        *_ends(of, "share", "投资完成率"),
    ]


def _lights(of: Section) -> list[str]:
    red, yellow = _int(of.of_total("red")), _int(of.of_total("yellow"))
    most = sorted(of.rows, key=lambda row: (-_int(row[of.at("red")]), str(row[0])))[:3]
    named = [f"{row[1]}{_int(row[of.at('red')])}个" for row in most if _int(row[of.at("red")])]
    rate = of.of_total("share")
    first = (
        f"期末红灯项目{red:,}个{differs(_int(of.of_total('red_change')), '个')}；"
        f"黄灯项目{yellow:,}个{differs(_int(of.of_total('yellow_change')), '个')}"
        f"{'' if rate is None else f'；亮灯项目占{percent(float(rate))}'}。"
    )
    return [first, *([f"红灯较多的是{'、'.join(named)}。"] if named else [])]


def _assessment(of: Section) -> list[str]:
    ranked = sorted((row for row in of.rows if row[of.at("rank")]), key=lambda row: _int(row[of.at("rank")]))
    share = of.at("share")
    named = [f"{row[1]}（{percent(float(row[share] or 0))}）" for row in ranked]
    ends = f"得分率居前的是{'、'.join(named[:3])}" + (f"，居末的是{named[-1]}" if len(named) > 3 else "")
    return [f"按{len(of.columns) - 6}项数字对{len(of.rows)}个市评分，{ends}。分值与满分线见附件。"]


def _obligations(of: Section) -> list[str]:
    share, points = of.of_total("share"), of.of_total("points")
    rate = "" if share is None else f"，按时报送率{_moving(share, points)}"
    return [
        (
            f"本期到期报送责任{_int(of.of_total('due')):,}项，已报{_int(of.of_total('reported')):,}项，"
            f"零报告{_int(of.of_total('zero')):,}项，免报{_int(of.of_total('exempt')):,}项，"
            f"缺报{_int(of.of_total('missing')):,}项；逾期报送{_int(of.of_total('late')):,}项{rate}。"
        ),
        *_ends(of, "share", "按时报送率"),
    ]


def _cases(of: Section) -> list[str]:
    share, points, poor = of.of_total("share"), of.of_total("points"), float(of.facts["poor"] or 0)
    rate = "" if share is None else f"，处理率{_moving(share, points)}"
    pairs = zip(of.column("city_name"), of.column("share"), strict=True)
    low = [str(name) for name, handled in pairs if handled is not None and float(handled) < poor]
    named = f"处理率低于{poor:.0%}的市{len(low)}个（{listing(low)}）" if low else f"各市处理率均不低于{poor:.0%}"
    return [
        (
            f"本期立案{_int(of.of_total('opened')):,}件{differs(_int(of.of_total('opened_change')), '件')}，"
            f"已办{_int(of.of_total('handled')):,}件{rate}；{named}。"
        ),
        (
            f"本期销号{_int(of.of_total('closed')):,}件；期末在办{_int(of.of_total('open')):,}件，"
            f"其中超期{_int(of.of_total('overdue')):,}件，升级督办{_int(of.of_total('escalated')):,}件。"
        ),
    ]


def _awards(of: Section) -> list[str]:
    share = of.of_total("share")
    return [
        (
            f"本年度批准奖补{_int(of.of_total('awards')):,}笔、{wan(_int(of.of_total('amount')))}万元，其中免申即享"
            f"{_int(of.of_total('automatic')):,}笔；已拨付{wan(_int(of.of_total('paid')))}万元"
            f"{'' if share is None else f'，拨付率{percent(float(share))}'}。本期拨付"
            f"{wan(_int(of.of_total('paid_now')))}万元，追回{_int(of.of_total('recovered')):,}笔。"
        ),
        *_ends(of, "share", "拨付率"),
    ]


def _indicators(of: Section) -> list[str]:
    return [f"本期各市共报送{len(of.rows)}项指标，各项最高、最低值见附件，各市数值见数据工作簿。"]


def _records(of: Section) -> list[str]:
    share, points = of.of_total("share"), of.of_total("points")
    rate = "" if share is None else f"，一次合格率{_moving(share, points)}"
    return [
        (
            f"本期共处理各地报送记录{_int(of.of_total('received')):,}条，退回{_int(of.of_total('quarantined')):,}条，"
            f"更正入库{_int(of.of_total('corrected')):,}条{rate}。"
        ),
        *_ends(of, "share", "一次合格率"),
    ]


def _differences(of: Section) -> list[str]:
    whole = [row for row in of.rows if row[of.at("row")] == "合计"]
    said = [f"{row[0]}全省{row[3]}由{row[4]}更正为{row[5]}" for row in whole]
    listed = "；".join(said[:MOST]) + ("；其余见附件" if len(said) > MOST else "")
    return [
        f"共更正数字{_int(of.facts['cells']):,}个，涉及{of.facts['sections']}。",
        *([f"其中全省数：{listed}。"] if said else []),
    ]


def _events(of: Section) -> list[str]:
    counted = "、".join(f"{kind}{_int(count):,}条" for kind, count in of.facts.items())
    return [f"更正所据为原快照之后入库的{counted}，逐条坐标见附件，均可打开至原始报送。"]


def _ends(of: Section, figure: str, said: str) -> list[str]:
    """Who is first and who is last, where at least two cities are ranked apart."""
    place, rank = of.at(figure), of.at("rank")
    ranked = [row for row in of.rows if row[rank] is not None]
    best = [str(row[1]) for row in ranked if row[rank] == 1]
    lowest = min((float(row[place] or 0) for row in ranked), default=0.0)
    worst = [str(row[1]) for row in ranked if float(row[place] or 0) == lowest]
    if not ranked or best == worst:
        return []
    highest = max(float(row[place] or 0) for row in ranked)
    return [
        f"{said}居首的是{listing(best, 3)}（{percent(highest)}），居末的是{listing(worst, 3)}（{percent(lowest)}）。"
    ]


def _moving(share: Cell, points: Cell) -> str:
    return percent(float(share or 0)) + moved(None if points is None else float(points))


def _int(cell: Cell) -> int:
    return int(cell or 0)


_TOLD: Final[Mapping[str, Callable[[Section], list[str]]]] = {
    "connected": _connected,
    "effectiveness": _effectiveness,
    "exceedances": _exceedances,
    "projects": _projects,
    "lights": _lights,
    "assessment": _assessment,
    "obligations": _obligations,
    "cases": _cases,
    "awards": _awards,
    "indicator_range": _indicators,
    "records": _records,
    "differences": _differences,
    "events": _events,
}
