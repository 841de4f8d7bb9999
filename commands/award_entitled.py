"""huiliu award entitled (免申即享): who is entitled by the hub's own data without having applied."""

from __future__ import annotations

import json
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands.arguments import AsJson, spoken
from commands.errors import CommandError
from commands.facts_reading import AsOf, Division, Limit, facts_at, more, within
from huiliu import clock, period
from huiliu.language import text
from huiliu.money import format_fen
from oversight.award_policy.criteria import criteria, unseen_said
from oversight.award_policy.entitlement import CONDITIONS, entitlements
from oversight.award_policy.entitlement import VERDICTS as ENTITLED_VERDICTS
from oversight.facts import Facts
from validators import policies


def entitled(
    year: Annotated[
        int | None,
        typer.Option("--year", min=1990, max=2100, help=text("年度，默认今年", "fiscal year; else this one")),
    ] = None,
    policy: Annotated[str | None, typer.Option("--policy", help=text("一项政策", "one policy"))] = None,
    division: Division = None,
    project: Annotated[
        str | None, typer.Option("--project", help=text("一个项目，各年度", "one project, all years"))
    ] = None,
    every: Annotated[bool, typer.Option("--all", help=text("也列不符合与已享受的", "those not entitled too"))] = False,
    limit: Limit = 50,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """免申即享：按本省数据应享而未申请的，及其原因 | who is entitled by the hub's data without having applied."""
    wanted = year or period.day_of(clock.now_ms()).year
    facts = facts_at(as_of, "project", "award")
    rows = entitlements(facts, criteria(), policies.versions())
    if project is not None:
        rows = rows.filter(project_code=project)
        if rows.is_empty():
            _refuse_project(facts, project)
    else:
        rows = rows.filter(pl.col("fiscal_year").is_null() | (pl.col("fiscal_year") == wanted))
    if policy is not None:
        rows = rows.filter(policy=policies.policy(policy).policy)
    rows = within(rows, division)
    if not (every or project):
        rows = rows.filter(pl.col("verdict").is_in(["ENTITLED", "CONFIRM"]))
    if as_json:
        typer.echo(json.dumps(_entitled_json(rows, wanted, limit), ensure_ascii=False, default=str))
    else:
        _show_entitled(rows, wanted if project is None else None, limit)


def _refuse_project(facts: Facts, project: str) -> None:
    known = facts.frame("project").filter(project_code=project)
    if known.is_empty():
        raise CommandError(text(f"没有项目 {project}", f"There is no project {project}."))
    programme = known["programme"][0]
    raise CommandError(
        text(
            f"项目 {project} 的专项 {programme} 没有可由本省数据判断的条款",
            f"No clause can be told from the hub's data for the programme {programme} of project {project}.",
        )
    )


def _unseen() -> dict[tuple[str, str], str]:
    return {(one.policy, one.clause): unseen_said(one) for one in criteria() if one.unseen}


def _entitled_json(rows: pl.DataFrame, year: int, limit: int) -> dict[str, Any]:
    unseen = _unseen()
    told = [
        {**row, "unseen": unseen.get((row["policy"], row["clause"])), "entitled_fen": row["entitled"]}
        for row in (rows.head(limit) if limit else rows).iter_rows(named=True)
    ]
    sums = {name: _sum(rows.filter(verdict=name)) for name in ENTITLED_VERDICTS}
    return {"fiscal_year": year, "rows": rows.height, "totals": sums, "entitled": told}


def _sum(rows: pl.DataFrame) -> dict[str, int]:
    return {"count": rows.height, "fen": int(rows["entitled"].sum() or 0)}


def why(row: dict[str, Any], unseen: dict[tuple[str, str], str]) -> str:
    """Why not, or what is still to be checked."""
    missing = [text(*CONDITIONS[name]) for name in row["missing"]]
    claimed = [f"{'、'.join(row['claimed'][:3])}"] if row["claimed"] else []
    if missing:
        return text("不满足：", "not so: ") + text("、", ", ").join([*missing, *claimed])
    return unseen.get((row["policy"], row["clause"]), text("条件全部满足", "every condition holds"))


def _show_entitled(rows: pl.DataFrame, year: int | None, limit: int) -> None:
    out, unseen = Console(highlight=False), _unseen()
    if rows.is_empty():
        out.print(text(f"{year} 年度没有应享而未享的", f"Nobody is entitled for {year} who has not claimed."))
        return
    table = Table(box=None, pad_edge=False)
    heads = (("条款", "clause"), ("区划", "division"), ("项目", "project"), ("金额 元", "CNY"), ("结论", "verdict"))
    for zh, en in (*heads, ("原因", "why")):
        table.add_column(text(zh, en), overflow="fold", justify="right" if zh == "金额 元" else "left")
    for row in (rows.head(limit) if limit else rows).iter_rows(named=True):
        sum_ = "-" if row["entitled"] is None else format_fen(row["entitled"])
        table.add_row(
            f"{row['policy']} {row['clause']}",
            spoken(f"{row['division']:06d}"),
            escape(f"{row['project_code']} {row['name']}"),
            f"≤ {sum_}" if row["at_most"] and row["entitled"] is not None else sum_,
            text(*ENTITLED_VERDICTS[row["verdict"]]),
            escape(why(row, unseen)),
        )
    out.print(table)
    more(out, rows, limit)
    for name in ("ENTITLED", "CONFIRM"):
        told = _sum(rows.filter(verdict=name))
        out.print(
            text(
                f"{ENTITLED_VERDICTS[name][0]} {told['count']} 项，{format_fen(told['fen'])} 元",
                f"{ENTITLED_VERDICTS[name][1]}: {told['count']}, {format_fen(told['fen'])} CNY",
            )
        )
