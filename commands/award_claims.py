"""huiliu award clauses and assess: what the policies say, and what one claim is entitled to, step by step."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import amounts, arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.facts_reading import AsOf, facts_at
from huiliu import clock, period
from huiliu.language import text
from huiliu.money import format_fen, yuan
from oversight.award_policy import of_project
from oversight.award_policy.assessment import VERDICTS, Assessment, assess
from oversight.award_policy.claim import Claim, Loan
from oversight.award_policy.course import BASES, PER, Step, percent
from validators import policies, policy_file
from validators.policy_file import Clause, Policy


def join(app: typer.Typer) -> None:
    """Put the two commands below ``huiliu award``."""
    app.command("clauses")(clauses)
    app.command("assess")(assess_claim)


def clauses(
    code: Annotated[str | None, typer.Option("--policy", help=text("一项政策", "one policy"))] = None,
    draft: Annotated[
        Path | None, typer.Option("--draft", help=text("尚未安装的政策文件", "a policy file not installed"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """政策条款：比例、上限、定额与有效期 | the clauses: rate, cap, fixed amount and validity."""
    found = [one for told in _versions(draft).values() for one in told if code in (None, one.policy)]
    if not found:
        policies.policy(str(code))
    if as_json:
        told = [{**_policy_json(one), **_clause_json(each)} for one in found for each in one.clauses.values()]
        typer.echo(json.dumps({"clauses": told}, ensure_ascii=False))
        return
    out = Console(highlight=False)
    for one in found:
        until = one.valid_to or text("废止", "revoked")
        out.print(f"[bold]{one.policy}[/] {escape(text(one.zh, one.en))}", soft_wrap=True)
        out.print(
            text(
                f"第 {one.version} 版，{one.valid_from} 至 {until}",
                f"version {one.version}, {one.valid_from} to {until}",
            )
        )
        table = Table(box=None, pad_edge=False)
        for zh, en in (("条款", "clause"), ("名称", "title"), ("标准", "standard"), ("每", "per")):
            table.add_column(text(zh, en), overflow="fold")
        for each in one.clauses.values():
            table.add_row(each.clause, text(each.zh, each.en), standard(each), text(*PER[each.per]))
        out.print(table)


def standard(clause: Clause) -> str:
    """Rate, cap or amount of a clause in a few words."""
    if clause.amount_fen is not None:
        return text(f"定额 {format_fen(clause.amount_fen)} 元", f"{format_fen(clause.amount_fen)} CNY")
    told = []
    if clause.rate_bp is not None:
        zh, en = BASES[str(clause.basis)]
        told.append(text(f"{zh}的 {percent(clause.rate_bp)}", f"{percent(clause.rate_bp)} of {en}"))
    if clause.cap_fen is not None:
        told.append(text(f"最高 {format_fen(clause.cap_fen)} 元", f"{format_fen(clause.cap_fen)} CNY at most"))
    return text("，", ", ").join(told) or text("条文未载明数额", "no number stated")


def assess_claim(
    policy: Annotated[str, typer.Option("--policy", help=text("政策代码", "policy code"))],
    clause: Annotated[str, typer.Option("--clause", help=text("条款代码", "clause code"))],
    division: Annotated[str | None, typer.Option("--division", help=text("区划代码", "division, GB/T 2260"))] = None,
    on: Annotated[
        str | None, typer.Option("--on", help=text("认定或竣工日期，如 2024-05-01", "day of recognition or completion"))
    ] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", help=text("计算基数，元或带“万”", "basis, yuan (or 8000万)"))
    ] = None,
    principal: Annotated[
        str | None, typer.Option("--principal", help=text("贷款本金，元或带“万”", "principal of the loan, yuan"))
    ] = None,
    market_rate: Annotated[
        str | None, typer.Option("--lpr", help=text("同期 LPR，%/年", "market rate (LPR), % a year"))
    ] = None,
    months: Annotated[
        int | None, typer.Option("--months", help=text("贴息月数", "months of interest that the basis covers"))
    ] = None,
    term: Annotated[
        int | None, typer.Option("--term", help=text("贷款或租赁期限，月", "term of the loan or lease, months"))
    ] = None,
    count: Annotated[int, typer.Option("--count", help=text("户数、项目数等", "how many firms, projects …"))] = 1,
    uplift: Annotated[
        bool | None, typer.Option("--uplift/--no-uplift", help=text("是否上浮；不写则按区划", "else by the division"))
    ] = None,
    earlier: Annotated[
        str | None, typer.Option("--earlier", help=text("本条款已有奖补，元", "granted before under the clause, yuan"))
    ] = None,
    project: Annotated[
        str | None, typer.Option("--project", help=text("取本省已报送的项目", "a project as reported to the hub"))
    ] = None,
    draft: Annotated[
        Path | None, typer.Option("--draft", help=text("尚未安装的政策文件", "a policy file not installed"))
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """一个条款应享多少，逐步列出算法 | what a clause entitles to, with the arithmetic step by step."""
    day = None if on is None else _day(on)
    chosen = _chosen(_versions(draft), policy, day or _today())
    row = _clause(chosen, clause)
    claim = Claim(division=division or "", day=day or _today())
    if project is not None:
        claim = _from_hub(row, project, day, as_of)
        chosen = _chosen(_versions(draft), policy, claim.day)
        row = _clause(chosen, clause)
    elif division is None:
        raise CommandError(text("请给出 --division，或 --project", "Give --division, or --project."))
    typed: dict[str, Any] = {"count": count, "months": months, "term_months": term, "uplift": uplift}
    if division is not None:
        typed["division"] = arguments.division(division)
    if basis is not None:
        typed["basis"] = amounts.fen(basis)
    if earlier is not None:
        typed["earlier"] = amounts.fen(earlier)
    if principal is not None or market_rate is not None:
        typed["loan"] = _loan(principal, market_rate)
    found = assess(chosen, row, replace(claim, **typed))
    if as_json:
        typer.echo(json.dumps(assessed_json(found), ensure_ascii=False))
    else:
        show(found)


def _today() -> date:
    return period.day_of(clock.now_ms())


def _day(given: str) -> date:
    told = period.parse(given)
    if told.kind != "day":
        raise CommandError(text(f"{given!r} 不是日期，如 2024-05-01", f"{given!r} is no day: write 2024-05-01."))
    return told.first


def _versions(draft: Path | None) -> dict[str, tuple[Policy, ...]]:
    """Installed policies, and with them a draft; an overlap is refused."""
    installed = dict(policies.versions())
    if draft is None:
        return installed
    return policy_file.in_order([*(one for told in installed.values() for one in told), policy_file.read(draft)])


def _chosen(versions: dict[str, tuple[Policy, ...]], code: str, day: date) -> Policy:
    if code not in versions:
        return policies.policy(code)
    begun = [one for one in versions[code] if one.valid_from <= day]
    return begun[-1] if begun else versions[code][0]


def _clause(policy: Policy, code: str) -> Clause:
    if code not in policy.clauses:
        known = ", ".join(policy.clauses)
        raise CommandError(
            text(
                f"政策 {policy.policy} 没有条款 {code!r}，有：{known}",
                f"{policy.policy} has no clause {code!r}; it has: {known}",
            )
        )
    return policy.clauses[code]


def _loan(principal: str | None, market_rate: str | None) -> Loan:
    if principal is None or market_rate is None:
        raise CommandError(text("--principal 与 --lpr 须同时给出", "Give --principal and --lpr together."))
    try:
        rate = Decimal(market_rate.removesuffix("%"))
    except InvalidOperation:
        rate = Decimal("nan")
    if not rate.is_finite():
        raise CommandError(
            text(f"无法识别利率 {market_rate!r}，如 3.45", f"No rate {market_rate!r}: write 3.45 for 3.45 %.")
        )
    return Loan(principal=amounts.fen(principal), market_rate=rate)


def _from_hub(clause: Clause, project: str, day: date | None, as_of: str | None) -> Claim:
    return of_project.claim(clause, facts_at(as_of, "project", "award"), project, day)


def show(found: Assessment) -> None:
    """The arithmetic for people, the sum last."""
    out = Console(highlight=False)
    clause = found.clause
    out.print(
        f"{clause.policy} {clause.clause} {escape(text(clause.zh, clause.en))}（{clause.article}）", soft_wrap=True
    )
    out.print(f"“{clause.quote}”", style="dim", soft_wrap=True)
    for number, step in enumerate(found.steps, 1):
        out.print(f"  {number}. {escape(step.said)}", soft_wrap=True)
    for remark in found.remarks:
        out.print(f"  · {escape(remark.said)}", style="dim", soft_wrap=True)
    amount = (
        ""
        if found.entitled is None
        else text(f" {format_fen(found.entitled)} 元", f" {format_fen(found.entitled)} CNY")
    )
    out.print(f"[bold]{text(*VERDICTS[found.verdict])}{amount}[/]")


def _step_json(step: Step) -> dict[str, Any]:
    exact = None if step.amount is None else [step.amount.numerator, step.amount.denominator]
    return {"code": step.code, "zh": step.zh, "en": step.en, "fen": exact}


def _policy_json(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.policy,
        "version": policy.version,
        "policy_zh": policy.zh,
        "valid_from": str(policy.valid_from),
        "valid_to": None if policy.valid_to is None else str(policy.valid_to),
        "source": policy.source,
    }


def _clause_json(clause: Clause) -> dict[str, Any]:
    names = ("clause", "zh", "en", "article", "quote", "basis", "rate_bp", "cap_fen", "amount_fen", "per", "one_off")
    more = ("max_years", "min_term_years", "paid_year_after", "payee", "uplift_bp", "note")
    return {name: getattr(clause, name) for name in (*names, *more)}


def assessed_json(found: Assessment) -> dict[str, Any]:
    """An assessment for programs: fen as whole numbers, yuan as text, exact fractions as [numerator, denominator]."""
    claim = found.claim
    return {
        **_policy_json(found.policy),
        **_clause_json(found.clause),
        "division": claim.division,
        "day": str(claim.day),
        "basis_fen": claim.basis,
        "count": claim.count,
        "uplift": found.uplift,
        "verdict": found.verdict,
        "entitled_fen": found.entitled,
        "entitled_yuan": None if found.entitled is None else str(yuan(found.entitled)),
        "steps": [_step_json(step) for step in found.steps],
        "remarks": [_step_json(step) for step in found.remarks],
    }
