"""The rows of the mechanisms as people read them: headings, places, stages, lights, money, arithmetic of scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rich.markup import escape
from rich.table import Table

from commands.arguments import spoken
from huiliu.language import text
from huiliu.money import format_fen
from oversight.mechanisms import adjustment, consultation, reserve, risk, score
from schemas.contract import code_table

LIGHTS: Final = {"RED": "[red]红[/]", "YELLOW": "[yellow]黄[/]", "GREEN": "[green]绿[/]"}
LIGHTS_EN: Final = {"RED": "[red]red[/]", "YELLOW": "[yellow]yellow[/]", "GREEN": "[green]green[/]"}
ACTIONS: Final = {"KEEP": ("保留", "keep"), "OUT": ("调出", "out"), "IN": ("调入", "in")}
MONTHS: Final = {"REPORTED": ("已报", "reported"), "SILENT": ("未报", "silent"), "FIRST": ("首报", "first report")}

#: Of each mechanism the columns that people see: name, heading zh and en.
COLUMNS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "monthly": (
        ("division", "区划", "division"), ("project_code", "项目", "project"), ("stage", "阶段", "stage"),
        ("light", "灯", "light"), ("progress", "进度%", "done %"), ("planned", "时序%", "plan %"),
        ("behind", "落后", "behind"), ("invested", "本期投资 元", "in the period"), ("state", "报送", "report"),
    ),
    "quarterly": (
        ("rank", "名次", "rank"), ("climbed", "升降", "climbed"), ("city", "市", "city"), ("projects", "项目", "n"),
        ("start_rate", "开工率%", "started %"), ("completion_rate", "竣工率%", "completed %"),
        ("investment_rate", "投资完成率%", "invested %"), ("invested_period", "本期投资 元", "in the period"),
        ("red", "红灯", "red"), ("yellow", "黄灯", "yellow"),
    ),
    "on_site": (
        ("score", "得分", "score"), ("division", "区划", "division"), ("project_code", "项目", "project"),
        ("name", "名称", "name"), ("light", "灯", "light"), ("parts", "算法", "arithmetic"),
    ),
    "consultation": (
        ("division", "区划", "division"), ("project_code", "项目", "project"), ("name", "名称", "name"),
        ("stage", "阶段", "stage"), ("light", "灯", "light"), ("issues", "问题与会商部门", "stuck; whom to ask"),
    ),
    "adjustment": (
        ("action", "调整", "action"), ("division", "区划", "division"), ("project_code", "项目", "project"),
        ("name", "名称", "name"), ("tier", "层级", "tier"), ("stage", "阶段", "stage"), ("reasons", "理由", "reasons"),
    ),
    "reserve": (
        ("tier", "层级", "tier"), ("division", "区划", "division"), ("project_code", "项目", "project"),
        ("planned_investment", "计划投资 元", "planned"), ("planned_start", "计划开工", "start"),
        ("age", "在库月数", "months"), ("fits", "规模可入", "fits"), ("advice", "建议", "advice"),
    ),
    "responsibility": (
        ("rank", "名次", "rank"), ("city", "市", "city"), ("projects", "项目", "n"), ("score", "得分", "score"),
        ("passed", "合格", "passed"), ("parts", "算法", "arithmetic"),
    ),
    "risk": (
        ("score", "得分", "score"), ("level", "等级", "level"), ("division", "区划", "division"),
        ("project_code", "项目", "project"), ("stage", "阶段", "stage"), ("parts", "算法", "arithmetic"),
    ),
    "library": (
        ("tier", "层级", "tier"), ("programme", "专项", "programme"), ("projects", "项目", "n"),
        ("all", "全省", "of all"), ("share", "占比%", "share %"), ("planned_investment", "计划投资 元", "planned"),
        ("cumulative_investment", "已完成 元", "done"),
    ),
}  # fmt: skip
_MONEY: Final = ("invested", "invested_period", "planned_investment", "cumulative_investment")
_NAMED: Final = {"stage": "stage", "tier": "tier", "fits": "tier", "programme": "programme"}


def table(mechanism: str, rows: list[dict[str, Any]]) -> Table:
    """The rows of a mechanism."""
    told = Table(box=None, pad_edge=False)
    for name, zh, en in COLUMNS[mechanism]:
        right = name in (*_MONEY, "score", "progress", "planned", "behind", "projects") or name.endswith("rate")
        told.add_column(text(zh, en), justify="right" if right else "left", overflow="fold")
    for row in rows:
        told.add_row(*(cell(name, row[name]) for name, _, _ in COLUMNS[mechanism]))
    return told


def _listed(names: Mapping[str, tuple[str, str]]) -> Callable[[Any], str]:
    return lambda value: text("；", "; ").join(text(*names[one]) for one in value)


def _issues(value: Any) -> str:
    told = [(text(*what), text(*whom)) for what, whom in (consultation.ISSUES[one] for one in value)]
    return text("；", "; ").join(text(f"{what}（{whom}）", f"{what} ({whom})") for what, whom in told)


_WORDS: Final[Mapping[str, Callable[[Any], str]]] = {
    "division": lambda value: spoken(f"{value:06d}"),
    "city": lambda value: spoken(f"{value:06d}"),
    "light": lambda value: text(LIGHTS[value], LIGHTS_EN[value]),
    "state": lambda value: text(*MONTHS[value]),
    "action": lambda value: text(*ACTIONS[value]),
    "level": lambda value: text(*risk.LEVELS[value]),
    "passed": lambda value: text("合格", "yes") if value else text("不合格", "no"),
    "climbed": lambda value: "=" if value == 0 else f"↑{value}" if value > 0 else f"↓{-value}",
    "issues": _issues,
    "reasons": _listed(adjustment.REASONS),
    "advice": _listed(reserve.ADVICE),
    "parts": lambda value: text("；", "; ").join(score.said(one) for one in value),
}


def cell(name: str, value: Any) -> str:
    """One value in words."""
    if value is None:
        return "-"
    if name in _WORDS:
        return _WORDS[name](value)
    if name in _NAMED:
        return code_table(_NAMED[name])[value].label
    if name in _MONEY:
        return format_fen(value)
    return f"{value:g}" if isinstance(value, float) else escape(str(value))
