"""huiliu award guard: awards of all levels and years against what their clauses allow in total, before payment."""

from __future__ import annotations

import json
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import amounts
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.facts_reading import NOT_SO, AsOf, Division, Limit, facts_at, moment, more, within
from huiliu import period
from huiliu.language import text
from huiliu.money import format_fen
from oversight.award_policy import affiliation, stacking
from oversight.facts import Facts
from validators import policies


def guard(
    payee: Annotated[str | None, typer.Option("--payee", help=text("统一社会信用代码", "credit code"))] = None,
    project: Annotated[str | None, typer.Option("--project", help=text("项目代码", "project code"))] = None,
    division: Division = None,
    add: Annotated[
        str | None,
        typer.Option("--add", help=text("拟新增一笔：政策/条款=金额", "one more award: POLICY/CLAUSE=AMOUNT (yuan)")),
    ] = None,
    level: Annotated[
        str, typer.Option("--level", help=text("拟新增的资金层级", "level that would pay it"))
    ] = "PROVINCE",
    basis: Annotated[str | None, typer.Option("--basis", help=text("拟新增的计算基数，元", "its basis, yuan"))] = None,
    uplift: Annotated[bool, typer.Option("--uplift", help=text("拟新增的享受上浮", "with the uplift"))] = False,
    every: Annotated[
        bool, typer.Option("--all", help=text("全省时也列未超的", "of the province, those within too"))
    ] = False,
    limit: Limit = 50,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """防重复：各级各年同一单位、项目合计与上限 | all levels and years of one payee or project against the cap."""
    facts = facts_at(as_of, "project", "award")
    if add is not None:
        facts = stacking.intended(facts, _intended(facts, add, payee, project, level, basis, uplift, as_of))
    rows = within(stacking.stacks(facts), division)
    if project is not None:
        owners = facts.frame("project").filter(project_code=project)["enterprise"].to_list()
        if not owners and project not in rows["project_code"]:
            raise CommandError(
                text(
                    f"没有项目 {project}，也没有以它为对象的奖补",
                    f"There is no project {project}, nor an award for it.",
                )
            )
        payee = payee or (owners[0] if owners else None)
        rows = rows.filter((pl.col("project_code") == project) | _of_firm(payee))
    elif payee is not None:
        rows = rows.filter(pl.col("payees").list.contains(payee))
    elif not every:
        rows = rows.filter(verdict="OVER")
    tied = affiliation.ties(facts, payee) if payee else affiliation.TIES.to_frame()
    asked = project or payee
    names = affiliation.doubled(facts) if asked is None and division is None else affiliation.DOUBLED.to_frame()
    over = rows.filter(verdict="OVER").height
    if as_json:
        typer.echo(
            json.dumps(_guard_json(rows, tied, over, limit) | {"same_name": names.to_dicts()}, ensure_ascii=False)
        )
    else:
        _show_guard(rows, tied, limit, asked)
        _show_names(names, limit)
    if over:
        raise typer.Exit(NOT_SO)


def _of_firm(payee: str | None) -> pl.Expr:
    return pl.lit(False) if payee is None else (pl.col("kind") == "FIRM") & (pl.col("subject") == payee)


def _intended(
    facts: Facts, add: str, payee: str | None, project: str | None, level: str, basis: str | None, uplift: bool,
    as_of: str | None,
) -> dict[str, Any]:  # fmt: skip
    named, _, amount = add.partition("=")
    policy, _, clause = named.partition("/")
    if not (policy and clause and amount):
        raise CommandError(
            text(f"--add {add!r} 应为 政策/条款=金额，如 ah-2023-2025/1.demo=400万",
                 f"--add {add!r}: write POLICY/CLAUSE=AMOUNT, such as ah-2023-2025/1.demo=400万.")
        )  # fmt: skip
    if payee is None and project is None:
        raise CommandError(text("--add 需要 --payee 或 --project", "--add needs --payee or --project."))
    known, own = policies.clause(policy, clause), facts.frame("project").filter(project_code=project)
    if level not in ("NATIONAL", "PROVINCE", "CITY", "COUNTY"):
        raise CommandError(text(f"没有资金层级 {level!r}", f"No level {level!r}: NATIONAL, PROVINCE, CITY or COUNTY."))
    told = moment(as_of)
    return {
        "award_number": text("（拟）", "(intended)"),
        "division": own["division"][0] if own.height else int(policies.policy(policy).province),
        "policy": policy,
        "clause": known.clause,
        "fiscal_year": period.day_of(int(told.timestamp() * 1000)).year,
        "project_code": project,
        "payee": payee or (own["enterprise"][0] if own.height else None),
        "payee_count": 1,
        "basis": None if basis is None else amounts.fen(basis),
        "amount": amounts.fen(amount),
        "uplift": uplift,
        "level": level,
        "mode": "APPLICATION",
        "status": "PROPOSED",
        "revision": 1,
        "reported_at": told,
        "known_from": told,
    }


def _guard_json(rows: pl.DataFrame, tied: pl.DataFrame, over: int, limit: int) -> dict[str, Any]:
    told = (rows.head(limit) if limit else rows).to_dicts()
    return {"rows": rows.height, "over": over, "stacks": told, "ties": tied.to_dicts()}


def _show_guard(rows: pl.DataFrame, tied: pl.DataFrame, limit: int, asked: str | None) -> None:
    out = Console(highlight=False)
    if rows.is_empty() and asked is not None:
        out.print(text(f"{asked} 没有奖补", f"{asked} has no awards."))
    elif rows.is_empty():
        out.print(text("没有超出的奖补", "No awards are over what their clauses allow."))
    else:
        out.print(_stack_table(rows.head(limit) if limit else rows))
        more(out, rows, limit)
    for row in rows.filter(verdict="OVER").head(limit or rows.height).iter_rows(named=True):
        out.print(
            text(
                f"{row['subject']} {row['clause']}：超出 {format_fen(row['over'])} 元，其中未拨付可停 "
                f"{format_fen(row['stoppable'])} 元，应追回 {format_fen(row['over'] - row['stoppable'])} 元",
                f"{row['subject']} {row['clause']}: {format_fen(row['over'])} CNY over; {format_fen(row['stoppable'])} "
                f"not paid yet can be stopped, {format_fen(row['over'] - row['stoppable'])} recovered",
            ),
            style="red",
        )
    for row in tied.iter_rows(named=True):
        how = {"NAME": text("名称相近", "by name"), "PROJECT": text("同一项目", "same project")}[row["tie"]]
        shown = escape(row["name"] or "")
        tie = f"{how} {row['by']}"
        said = text(f"可能关联（{tie}）", f"perhaps affiliated ({tie})")
        out.print(f"{said} {row['payee']} {shown}", style="yellow")


def _show_names(names: pl.DataFrame, limit: int) -> None:
    """Payees with one name and several credit codes under one clause: to be looked at, not counted as over."""
    out = Console(highlight=False)
    for row in (names.head(limit) if limit else names).iter_rows(named=True):
        told = text("、", ", ").join(row["payees"])
        who, sum_ = f"{row['by']} {row['clause']}", format_fen(row["total"])
        out.print(
            text(
                f"名称相近 {who}：{told} 共 {len(row['awards'])} 笔 {sum_} 元，请核对是否同一单位",
                f"alike in name, {who}: {told}, {len(row['awards'])} awards, {sum_} CNY: one firm?",
            ),
            style="yellow",
        )
    more(out, names, limit)


def _stack_table(rows: pl.DataFrame) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(text("条款", "clause"), overflow="fold")
    table.add_column(text("对象", "for"), overflow="fold")
    table.add_column(text("笔数", "n"), justify="right")
    heads = (("合计应享", "entitled"), ("已拟至已批", "not paid"), ("已拨", "paid"), ("余额", "left"), ("超出", "over"))
    for zh, en in heads:
        table.add_column(text(zh, en), justify="right", overflow="fold")
    table.add_column(text("结论", "verdict"))
    table.add_column(text("提示", "note"), overflow="fold")
    for row in rows.iter_rows(named=True):
        sums = (row["entitled"], row["total"] - min(row["paid"], row["total"]), row["paid"], row["left"], row["over"])
        table.add_row(
            f"{row['policy']} {row['clause']}",
            escape(row["subject"]),
            str(len(row["awards"])),
            *("-" if one is None else format_fen(one) for one in sums),
            text(*stacking.VERDICTS[row["verdict"]]),
            text("；", "; ").join(text(*stacking.FLAGS[name]) for name in row["flags"]),
        )
    return table
