"""A rehearsal of rules of oversight as people and programs read it: by city, and the changes one by one."""

from __future__ import annotations

import json
from typing import Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.figures import stamp
from huiliu.language import text
from oversight.rehearsal import CHANGES, FLIPS, GONE, OPENS, STAYS, Rehearsal
from oversight.units import quantity
from oversight.wording import SEVERITY

WORDS: Final = {
    OPENS: ("将新开", "would open"),
    FLIPS: ("将变级", "would flip"),
    GONE: ("不再成立", "no longer stands"),
    STAYS: ("不变", "unchanged"),
}


def shown_rehearsal(result: Rehearsal, limit: int, as_json: bool) -> None:
    """Tell it; ``limit`` changes are listed, 0 for all."""
    changes = result.changes()
    listed = [*(changes.head(limit) if limit else changes).iter_rows(named=True)]
    if as_json:
        typer.echo(json.dumps(_told(result, listed, changes.height), ensure_ascii=False, default=str))
        return
    out = Console(highlight=False)
    out.print(
        text(
            f"规则 {'、'.join(result.rules)}，判定 {len(result.moments)} 次，未改变任何数据",
            f"rules {', '.join(result.rules)}, judged {len(result.moments)} times; nothing was changed",
        )
    )
    if result.runs.is_empty():
        out.print(
            text(
                "两套规则均无问题成立。若当时尚无数据入库，可加 --hindsight",
                "Nothing stands by either. Where nothing had been loaded by then, add --hindsight.",
            )
        )
        return
    out.print(_by_city(result))
    if listed:
        out.print(_listed(listed))
    if len(listed) < changes.height:
        out.print(
            text(
                f"另有 {changes.height - len(listed)} 处：--limit 0", f"{changes.height - len(listed)} more: --limit 0"
            ),
            style="dim",
        )


def _told(result: Rehearsal, listed: list[dict[str, Any]], changes: int) -> dict[str, Any]:
    cities = [{**row, "city": f"{row['city']:06}"} for row in result.by_city().iter_rows(named=True)]
    rows = [{**row, "city": f"{row['city']:06}", "division": f"{row['division']:06}"} for row in listed]
    judged = {"judged": len(result.moments), "rules": result.rules}
    return {**judged, "cities": cities, "changes": rows, "of": changes}


def _by_city(result: Rehearsal) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(text("市", "city"), no_wrap=True)
    for change in CHANGES:
        table.add_column(text(*WORDS[change]), justify="right", no_wrap=True)
    counted = result.by_city()
    for row in counted.iter_rows(named=True):
        table.add_row(arguments.spoken(f"{row['city']:06}"), *(str(row[change]) for change in CHANGES))
    table.add_row(text("合计", "total"), *(str(counted[change].sum()) for change in CHANGES), style="bold")
    return table


def _listed(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in (text("变化", "change"), text("区划", "division"), text("事由", "cause")):
        table.add_column(heading, overflow="fold")
    for heading in (
        text("级别", "severity"),
        text("规则", "rule"),
        text("数值／阈值", "value / line"),
        text("自–至", "from – to"),
    ):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(
            text(*WORDS[row["change"]]),
            escape(arguments.spoken(f"{row['division']:06}")),
            escape(row["cause"]),
            f"{_light(row['severity_before'])} → {_light(row['severity_after'])}",
            escape(row["rule_after"] or row["rule_before"]),
            f"{quantity(row['value'], row['unit'])} / {quantity(row['threshold'], row['unit'])}",
            f"{stamp(row['first'])[:10]} – {stamp(row['last'])[:10]} ({row['moments']})",
        )
    return table


def _light(severity: str | None) -> str:
    return "-" if severity is None else text(*SEVERITY[severity])
