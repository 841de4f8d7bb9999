"""huiliu oversight: the rules by which the province looks at what was reported, what stands by them, and rehearsals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import stamp
from commands.rehearsing import shown_rehearsal
from commands.waits import shown
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import clock
from huiliu.division import within
from huiliu.language import text
from huiliu.period import day_of
from huiliu.settings import Settings
from oversight import rehearsal, rule_files, standing
from oversight.errors import RuleFileRefused
from oversight.facts_known import known
from oversight.rule import Rule, as_json
from oversight.rule_files import Rules
from oversight.units import quantity
from oversight.wording import SEVERITY, told

app = arguments.group()

COLOURS = {"RED": "red", "YELLOW": "yellow", "NOTICE": "dim"}

Files = Annotated[
    list[Path] | None,
    typer.Argument(help=text("规则文件或目录；不给则为在用规则", "rule files or folders; without, the rules in use")),
]
Candidates = Annotated[
    list[Path] | None, typer.Argument(help=text("候选规则文件或目录", "files or folders of the candidate rules"))
]


def in_use() -> Rules:
    """The shipped rules, with the province's own (HUILIU_OVERSIGHT_RULES) in place of those of the same code."""
    return rule_files.in_use(Settings.from_environment().oversight_rules)


@app.command("rules", help=text("列出督办规则，或检查规则文件", "list the rules of oversight, or check files of them"))
def list_rules(
    files: Files = None,
    on: Annotated[str | None, typer.Option("--on", help=text("某日有效的", "those in force on a day"))] = None,
    every: Annotated[bool, typer.Option("--all", help=text("所有版本", "every version"))] = False,
    as_json_: AsJson = False,
) -> None:
    """Rules with norm, thresholds and deadlines, in the order of their codes."""
    rules = _loaded(files, as_json_) if files else in_use()
    day = _day(on) if on else day_of(clock.now_ms())
    listed = rules.versions if every or (files and on is None) else rules.in_force(day)
    if as_json_:
        typer.echo(_json({"on": None if every else day.isoformat(), "rules": [as_json(rule) for rule in listed]}))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(text("代码", "code"), no_wrap=True)
    for heading in (text("级别", "severity"), text("有效期", "validity"), text("阈值", "thresholds")):
        table.add_column(heading, overflow="fold")
    table.add_column(text("时限", "deadlines"), overflow="fold")
    table.add_column(text("依据", "norm"), overflow="fold", ratio=1)
    for rule in listed:
        table.add_row(*map(escape, _row(rule)))
    out = Console(highlight=False)
    out.print(table)
    out.print(text(f"{len(listed)} 条", f"{len(listed)} rules"), style="dim")


def _row(rule: Rule) -> Sequence[str]:
    validity = f"v{rule.version} {rule.valid_from} – {rule.valid_to or ''}"
    thresholds = "\n".join(f"{name} {quantity(of.number, of.unit)}" for name, of in rule.parameters.items()) or "-"
    unit = text("个工作日", "working days") if rule.days_are == "WORKDAY" else text("天", "days")
    deadlines = text(
        f"签收 {rule.days_to_answer}，整改 {rule.days_to_mend} {unit}",
        f"answer {rule.days_to_answer}, mend {rule.days_to_mend} {unit}",
    )
    return (rule.code, text(*SEVERITY[rule.severity]), validity, thresholds, deadlines, rule.norm)


@app.command("matters", help=text("某一时刻成立的问题", "what stands at a moment"))
def list_matters(
    as_of: Annotated[
        str | None, typer.Option("--as-of", help=text("截至时刻，缺省为现在", "moment, now by default"))
    ] = None,
    division: Annotated[str | None, typer.Option("--division", help=text("区划代码", "division code"))] = None,
    rule: Annotated[str | None, typer.Option("--rule", help=text("只看一条规则", "of one rule only"))] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help=text("最多多少行，0 为全部", "rows at most; 0 for all"))
    ] = 50,
    as_json_: AsJson = False,
) -> None:
    """By the rules in force then, from what was known then; of one cause the gravest. Nothing is written."""
    moment = arguments.moment(as_of) if as_of else datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    rules, wider = in_use(), division and arguments.division(division)
    if rule is not None and rule not in rules.codes():
        raise CommandError(
            text(
                f"没有督办规则 {rule!r}，有：{'、'.join(rules.codes())}",
                f"No rule {rule!r}: {', '.join(rules.codes())}",
            )
        )
    with shown(quiet=as_json_) as progress, reading(resolve(Settings.from_environment())) as connection:
        label = text("判定", "judging")
        progress("judge", label)
        matters = standing.standing(rules, known(connection, moment), moment)
        progress("judge", label, 1, 1)
    if wider:
        matters = matters.filter([within(f"{code:06}", wider) for code in matters["division"]])
    if rule:
        matters = matters.filter(pl.col("rule") == rule)
    rows = [_told(rules, row) for row in (matters.head(limit) if limit else matters).iter_rows(named=True)]
    if as_json_:
        typer.echo(_json({"as_of": moment.isoformat(), "matters": rows, "of": matters.height}))
        return
    _show_matters(rows, matters.height, moment)


def _told(rules: Rules, row: dict[str, Any]) -> dict[str, Any]:
    words = told(rules.rule(row["rule"], row["version"]), row)
    texts = {name: {"zh": getattr(words, name).zh, "en": getattr(words, name).en} for name in ("title", "text", "mend")}
    return {**row, "seen": row["seen"].isoformat(), "evidence": json.loads(row["evidence"]), **texts}


def _show_matters(rows: Sequence[dict[str, Any]], total: int, moment: datetime) -> None:
    out = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for heading in (text("级别", "severity"), text("规则", "rule"), text("区划", "division")):
        table.add_column(heading, no_wrap=True)
    table.add_column(text("问题", "matter"), overflow="fold", ratio=1)
    for row in rows:
        light = f"[{COLOURS[row['severity']]}]{text(*SEVERITY[row['severity']])}[/]"
        place = arguments.spoken(f"{row['division']:06}")
        table.add_row(light, row["rule"], escape(place), escape(text(row["text"]["zh"], row["text"]["en"])))
    if rows:
        out.print(table)
    out.print(
        text(f"截至 {stamp(moment)} 成立 {total} 个问题", f"{total} matters stand as of {stamp(moment)}")
        + (text("；--limit 0 显示全部", "; --limit 0 shows all") if len(rows) < total else ""),
        style="dim",
    )


@app.command(
    "rehearse", help=text("用历史数据试行候选规则，不改变任何数据", "try candidate rules on history; changes nothing")
)
def rehearse(
    first: Annotated[str, typer.Option("--from", help=text("自此日（含）", "first day"))],
    last: Annotated[str, typer.Option("--to", help=text("至此日（含）", "last day"))],
    rules: Candidates = None,
    without: Annotated[
        list[str] | None,
        typer.Option("--without", help=text("试停一条规则，可多次给出", "try giving a rule up; may be repeated")),
    ] = None,
    every: Annotated[
        int, typer.Option("--every", min=1, max=366, help=text("每隔几日判定一次", "judge every so many days"))
    ] = 1,
    hindsight: Annotated[
        bool,
        typer.Option("--hindsight", help=text("按现在所知，而非当时所知", "by what is known now, not what was then")),
    ] = False,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help=text(
                "监测规则也逐日判定（读数多时很慢）", "monitors' rules day by day too: slow where hours are many"
            ),
        ),
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help=text("列出多少处变化，0 为全部", "changes listed; 0 for all"))
    ] = 20,
    as_json_: AsJson = False,
) -> None:
    """Per city: what would open, what would flip, what would no longer stand; in one read-only transaction."""
    given_up = [_known(in_use(), code) for code in without or []]
    if not rules and not given_up:
        raise CommandError(
            text(
                "请给出候选规则文件，或以 --without 给出要停用的规则",
                "Give files of candidate rules, or --without a rule.",
            )
        )
    candidate = _loaded(rules, as_json_) if rules else Rules(())
    moments = rehearsal.moments(*_span(first, last), every)
    now = datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    with shown(quiet=as_json_) as progress, reading(resolve(Settings.from_environment())) as connection:
        label = text("逐日判定", "judging day by day")
        facts_at = partial(known, connection, known_at=now if hindsight else None)
        progress("judge", label)
        over = None if exact else known(connection, now if hindsight else moments[-1], since=moments[0])
        judged = partial(progress, "judge", label)
        result = rehearsal.rehearse(facts_at, in_use(), candidate, moments, judged, given_up, over)
    shown_rehearsal(result, limit, as_json_)


def _known(rules: Rules, code: str) -> str:
    """The code, if there is such a rule in use. Raises CommandError naming those that are."""
    if code not in rules.codes():
        known = rules.codes()
        raise CommandError(
            text(f"没有督办规则 {code!r}，有：{'、'.join(known)}", f"No rule {code!r}: {', '.join(known)}")
        )
    return code


def _loaded(files: Sequence[Path], as_json_: bool) -> Rules:
    """The rules of files. Raises RuleFileRefused; for programs its faults stand on standard output as well."""
    try:
        return rule_files.load(files)
    except RuleFileRefused as refusal:
        if as_json_:
            typer.echo(_json({"faults": [fault.as_json() for fault in refusal.faults]}))
        raise


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise CommandError(
            text(f"{given!r} 不是日期，如 2025-06-10", f"{given!r} is no day: write 2025-06-10")
        ) from None


def _span(first: str, last: str) -> tuple[date, date]:
    begins, ends = _day(first), _day(last)
    if ends < begins:
        raise CommandError(text(f"--to {ends} 早于 --from {begins}", f"--to {ends} is before --from {begins}"))
    if (ends - begins).days > 3660:
        raise CommandError(text("一次至多试行十年", "ten years at most at a time"))
    return begins, ends


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)
