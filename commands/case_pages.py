"""Cases as people read them in a terminal, and as programs do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.figures import stamp
from huiliu.language import text
from oversight.cases.case import Case
from oversight.cases.event import KINDS, PROVINCE, STATES, CaseEvent
from oversight.wording import SEVERITY

LEVELS: Final = {"": "", "CITY": "市级", "PROVINCE": "省级", "LEADER": "省领导"}
COLOURS: Final = {"RED": "red", "YELLOW": "yellow", "NOTICE": "dim"}
Row = Mapping[str, Any]

#: What of a case is told to programs.
_TOLD: Final = (
    *("number", "state", "cause", "rule", "version", "division", "subject", "period", "severity", "value", "threshold"),
    *("unit", "owner", "next_date", "mend_by", "asked_until", "level", "objected", "documented", "basis", "opened_at"),
    *("last_at", "closed_at", "documents"),
)


def print_json(told: Mapping[str, Any]) -> None:
    """One object, moments and days as ISO 8601."""
    typer.echo(json.dumps(told, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value))


def state(case: Case) -> dict[str, Any]:
    """A case for programs."""
    return {name: getattr(case, name) for name in _TOLD} | {"returns": len(case.returns)}


def whole(
    case: Case, finding: Row, events: Sequence[CaseEvent], answers: Sequence[Row], told: Sequence[Row]
) -> dict[str, Any]:
    """A case with the finding in words and everything that was said of it, for programs."""
    return {
        **state(case),
        "finding": {**finding, "evidence": json.loads(case.evidence)},
        "events": [event.as_json() for event in events],
        "answers": [dict(row) for row in answers],
        "directives": [dict(row) for row in told],
    }


def show_list(rows: Sequence[Row], today: date) -> None:
    """A line for each."""
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in (
        text("编号", "number"),
        text("级别", "light"),
        text("状态", "state"),
        text("下一期限", "next date"),
    ):
        table.add_column(heading, no_wrap=True)
    for heading in (text("由谁办", "owner"), text("规则", "rule"), text("对象", "subject")):
        table.add_column(heading, overflow="fold")
    for row in rows:
        light = f"[{COLOURS[row['severity']]}]{text(*SEVERITY[row['severity']])}[/]"
        late = row["next_date"] is not None and row["next_date"] < today
        due = f"[red]{row['next_date']}[/]" if late else str(row["next_date"] or "")
        up = f" ↑{text(LEVELS[row['level']], row['level'].lower())}" if row["level"] else ""
        owner, subject = escape(_owner(row["owner"])), escape(row["subject"])
        table.add_row(row["number"], light, text(*STATES[row["state"]]) + up, due, owner, row["rule"], subject)
    if rows:
        out.print(table)
    out.print(text(f"{len(rows)} 件", f"{len(rows)} cases"), style="dim")


def show_state(case: Case) -> None:
    """One case in two lines."""
    out = Console(highlight=False)
    out.print(f"[bold]{case.number}[/]  {text(*STATES[case.state])}  {escape(case.rule)}  {escape(case.subject)}")
    if case.open:
        out.print(
            text(f"由 {_owner(case.owner)} 于 {case.next_date} 前办理", f"{_owner(case.owner)}, by {case.next_date}")
        )
        if case.asked_until:
            out.print(
                text(
                    f"申请延期至 {case.asked_until}，待答复", f"more time asked until {case.asked_until}, not answered"
                )
            )


def show_finding(case: Case, finding: Row) -> None:
    """What was found, by which norm, how to mend it, and the facts it rests on."""
    out = Console(highlight=False)
    for name, heading in (("text", ""), ("mend", text("整改：", "Mend: "))):
        if name in finding:
            out.print(heading + text(finding[name]["zh"], finding[name]["en"]), markup=False)
    if norm := finding["rule"]["norm"]:
        out.print(text("依据：", "By: ") + norm, style="dim", markup=False)
    for fact in json.loads(case.evidence):
        out.print(text("证据：", "Evidence: ") + " ".join(f"{name}={value}" for name, value in fact.items()),
                  style="dim", markup=False)  # fmt: skip


def show_course(events: Sequence[CaseEvent], answers: Sequence[Row], told: Sequence[Row]) -> None:
    """A case from its first event to its last."""
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in ("#", text("时间", "time"), text("事件", "event"), text("经办", "by")):
        table.add_column(heading, no_wrap=True)
    table.add_column(text("理由", "reason"), overflow="fold", ratio=1)
    for event in events:
        table.add_row(
            str(event.sequence), stamp(event.at), text(*KINDS[event.kind]), escape(event.actor), escape(_why(event))
        )
    out.print(table)
    for row in answers:
        if row["outcome"] == "REFUSED":
            place = f"{row['topic']}[{row['partition']}]@{row['offset']}"
            refusal = text(row["refusal"]["zh"], row["refusal"]["en"])
            out.print(text(f"不予受理 {place}：{refusal}", f"refused {place}: {refusal}"), style="yellow", markup=False)
    waiting = sum(row["told_at"] is None for row in told)
    out.print(
        text(f"督办单 {len(told)} 份，待发 {waiting} 份", f"{len(told)} directives, {waiting} still to be sent"),
        style="dim",
    )


def _why(event: CaseEvent) -> str:
    """What the hub says is in both languages, a bar between them."""
    zh, bar, en = event.reason.partition(" | ")
    return text(zh, en) if bar and event.actor == "hub" else event.reason


def _owner(owner: str) -> str:
    if owner == PROVINCE:
        return text("省级", "the province")
    return arguments.spoken(owner) if owner else ""


def show_audit(rows: Sequence[Row], counts: Mapping[str, int], days: int) -> None:
    """The sample, and how many there are of each kind."""
    out = Console(highlight=False)
    for row in rows:
        out.print(
            f"{row['number']}  {row['basis']}  {stamp(row['closed_at'])}  {row['by']}  {row['reason']}", markup=False
        )
    told = ", ".join(f"{basis} {count}" for basis, count in sorted(counts.items())) or "0"
    out.print(text(f"近 {days} 天销号：{told}", f"closed in the last {days} days: {told}"), style="dim", markup=False)


def show_evidence(rows: Sequence[Row]) -> None:
    """A line for each file."""
    for row in rows:
        if row["same"]:
            verdict = text("与所报一致", "as told")
        elif row["told"]:
            verdict = text(f"与所报不同（{row['told']}）", f"not what was told ({row['told']})")
        else:
            verdict = text("没有报过此文件名", "nothing was told of a file of this name")
        typer.echo(f"{row['file']}  {row['sha256']}  {verdict}")
