"""huiliu obligation: who owes which report for which period, what became of it, how timely it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments, obligation_grants
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import stamp
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import clock, period
from huiliu.division import within
from huiliu.language import text
from huiliu.period import day_of
from huiliu.settings import Settings
from oversight.obligations import duty_files
from oversight.obligations.duty import Deadline, Duty
from oversight.obligations.known import owed
from oversight.obligations.states import STATES, Told, awaited, states
from oversight.obligations.timeliness import timeliness
from sinks import obligations

app = arguments.group()
obligation_grants.join(app)

STATE_WORDS: Final = {
    "REPORTED": ("已报", "reported", "green"),
    "CONFIRMED_ZERO": ("零报告", "confirmed zero", "green"),
    "EXEMPT": ("免报", "exempt", "dim"),
    "MISSING": ("缺报", "missing", "red"),
    None: ("未到期", "awaited", "yellow"),
}
#: Days looked back when no span is given: the two months before, whose deadlines have passed; of outlets a week.
LOOK_BACK: Final = 92
LOOK_BACK_OUTLETS: Final = 7
LONGEST: Final = 3660

As = Annotated[str | None, typer.Option("--as-of", help=text("截至时刻，默认现在", "as of; else now"))]
From = Annotated[str | None, typer.Option("--from", help=text("自（统计期止日）", "periods that end from this day on"))]
To = Annotated[str | None, typer.Option("--to", help=text("至（统计期止日）", "to this day"))]
In = Annotated[str | None, typer.Option("--division", help=text("区划及其下级", "a division and what lies in it"))]
Kinds = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help=text("类别（默认不含 reading）：", "kind (else all but reading): ") + "project, award, indicator, reading",
    ),
]
One = Annotated[str | None, typer.Option("--period", help=text("一个统计期，如 2026-05", "one period: 2026-05"))]


class By(StrEnum):
    """What counts are added up by."""

    CITY = "city"
    DIVISION = "division"
    OBLIGATION = "obligation"
    PERIOD = "period"


@app.command("duties", help=text("报送要求：谁、报什么、何时前", "duties: who owes what by when"))
def duties(as_json: AsJson = False) -> None:
    """Every version of every duty in use."""
    found = duty_files.in_use()
    if as_json:
        typer.echo(_json({"duties": [_duty(duty) for duty in found]}))
        return
    table = Table(box=None, pad_edge=False)
    for zh, en in (("代码", "code"), ("内容", "title"), ("谁", "who"), ("期限", "deadline"), ("有效", "validity")):
        table.add_column(text(zh, en), overflow="fold")
    for duty in found:
        validity = f"v{duty.version} {duty.valid_from} – {duty.valid_to or ''}"
        table.add_row(duty.code, str(duty.title), _who(duty), _deadline(duty.deadline), validity)
    Console(highlight=False).print(table)


@app.command("list", help=text("逐项列出", "one by one"))
def list_obligations(
    division: In = None,
    kind: Kinds = None,
    of_period: One = None,
    first: From = None,
    last: To = None,
    state: Annotated[
        str | None, typer.Option("--state", help=text("状态：", "state: ") + ", ".join((*STATES, "AWAITED")))
    ] = None,
    as_of: As = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help=text("最多行数，0 不限", "rows; 0: all"))] = 200,
    as_json: AsJson = False,
) -> None:
    """What is due by now with its state, and what is awaited."""
    wanted = None if state is None else state.upper()
    if wanted is not None and wanted not in (*STATES, "AWAITED"):
        allowed = ", ".join((*STATES, "AWAITED"))
        raise CommandError(text(f"没有状态 {state!r}，可用：{allowed}", f"No state {state!r}. Allowed: {allowed}"))
    moment = _moment(as_of)
    with _asked(division, kind, of_period, first, last, moment) as (_, expected, told):
        found = pl.concat([states(expected, told, moment), awaited(expected, told, moment)])
    if wanted is not None:
        found = found.filter(pl.col("state").is_null() if wanted == "AWAITED" else pl.col("state") == wanted)
    rows = found.sort("last", "obligation", "division", "subject").to_dicts()
    listed = rows[:limit] if limit else rows
    if as_json:
        typer.echo(_json({"as_of": moment, "obligations": [_row(row) for row in listed], "of": len(rows)}))
        return
    _show(listed, len(rows), moment)


@app.command("show", help=text("一个区划一类一期，及免报、延期记录", "one division, kind and period, with grants"))
def show(
    division: Annotated[str, typer.Argument(help=text("区划代码", "division code"))],
    kind: Annotated[str, typer.Argument(help=text("类别", "kind"))],
    of_period: Annotated[str, typer.Argument(metavar="PERIOD", help=text("统计期，如 2026-05", "period"))],
    as_of: As = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 2 where nothing of the kind is owed."""
    code, moment = arguments.division(division), _moment(as_of)
    with _asked(division, kind, of_period, None, None, moment) as (connection, expected, told):
        mine = expected.filter(division=int(code))
        found = pl.concat([states(mine, told, moment), awaited(mine, told, moment)])
        events = obligations.events(connection, int(code)).filter(obligation=obligation_grants.obligation(kind))
    if found.is_empty():
        raise CommandError(
            text(
                f"{arguments.spoken(code)} 没有 {of_period} 的 {kind} 报送责任，或该期尚未结束。"
                "huiliu obligation duties 列出谁报什么",
                f"{arguments.spoken(code)} owes no {kind} for {of_period}, or the period is not over. "
                "huiliu obligation duties says who owes what",
            )
        )
    granted = [event for event in events.to_dicts() if event["period"] in (None, of_period)]
    if as_json:
        typer.echo(_json({"as_of": moment, "obligations": [_row(r) for r in found.to_dicts()], "grants": granted}))
        return
    _show(found.to_dicts(), found.height, moment)
    obligation_grants.show(granted)


@app.command("summary", help=text("按时率与完整率", "how timely and how complete"))
def summary(
    by: Annotated[By, typer.Option("--by", help=text("按什么汇总", "added up by"))] = By.CITY,
    division: In = None,
    kind: Kinds = None,
    of_period: One = None,
    first: From = None,
    last: To = None,
    as_of: As = None,
    as_json: AsJson = False,
) -> None:
    """Counts of what is due or answered; nil counts as answered, the exempt are not counted as owed."""
    moment = _moment(as_of)
    columns = ["obligation"] if by is By.OBLIGATION else [by.value, "obligation"]
    with _asked(division, kind, of_period, first, last, moment) as (_, expected, told):
        found = timeliness(states(expected, told, moment), columns)
    if as_json:
        typer.echo(_json({"as_of": moment, "by": columns, "summary": found.to_dicts()}))
        return
    table = Table(box=None, pad_edge=False)
    for zh, en in (("汇总", "by"), ("类别", "kind"), ("应报", "owed"), ("按时", "on time"), ("迟一周内", "≤7 d late"),
                   ("更迟", "later"), ("零报告", "nil"), ("免报", "exempt"), ("缺报", "missing"), ("矛盾", "contrad."),
                   ("完整率", "complete"), ("按时率", "on time")):  # fmt: skip
        table.add_column(text(zh, en), justify="left" if zh in ("汇总", "类别") else "right")
    for row in found.to_dicts():
        place = arguments.spoken(f"{row[by]:06}") if by in (By.CITY, By.DIVISION) else str(row[by])
        counts = ("owed", "on_time", "late_week", "late_more", "zero", "exempt", "missing", "contradicted")
        rates = (_percent(row["complete"]), _percent(row["timely"]))
        table.add_row(place, row["obligation"], *(f"{row[name]:,}" for name in counts), *rates)
    out = Console(highlight=False)
    out.print(table)
    out.print(text(f"截至 {stamp(moment)}", f"as of {stamp(moment)}"), style="dim")


Found = tuple[Any, pl.DataFrame, Told]


@contextmanager
def _asked(
    division: str | None,
    kind: str | None,
    of_period: str | None,
    first: str | None,
    last: str | None,
    moment: datetime,
) -> Iterator[Found]:
    """The connection, what was expected of the division and kind in the span, and what was told of it."""
    wider = division and arguments.division(division)
    obligation = None if kind is None else obligation_grants.obligation(kind)
    of_outlets = obligation == "READING"
    wanted = [d for d in duty_files.in_use() if obligation in (None, d.obligation)]
    # A province's outlets owe two thousand days a day: only who asks for them is given them.
    wanted = [duty for duty in wanted if of_outlets or duty.owed_by != "OUTLETS"]
    begins, ends = _span(of_period, first, last, moment, LOOK_BACK_OUTLETS if of_outlets else LOOK_BACK)
    if of_period is not None:
        wanted = [duty for duty in wanted if duty.period == period.parse(of_period).kind]
    with reading(resolve(Settings.from_environment())) as connection:
        expected, told = owed(connection, wanted, begins, ends, moment)
        if wider:
            inside = [code for code in expected["division"].unique() if within(f"{code:06}", wider)]
            expected = expected.filter(pl.col("division").is_in(inside))
        yield connection, expected, told


def _span(
    of_period: str | None, first: str | None, last: str | None, moment: datetime, look_back: int
) -> tuple[date, date]:
    if of_period is not None:
        if first or last:
            raise CommandError(text("--period 与 --from/--to 只能用一种", "Give --period, or --from and --to"))
        told = period.parse(of_period)
        return told.last, told.last
    ends = obligation_grants.day(last) if last else day_of(round(moment.timestamp() * 1000))
    begins = obligation_grants.day(first) if first else ends - timedelta(days=look_back)
    if not 0 <= (ends - begins).days <= LONGEST:
        raise CommandError(
            text(
                f"--from {begins} 至 --to {ends} 不成立：止不早于起，最多十年",
                f"--from {begins} to --to {ends}: it must not end before it begins; ten years at most",
            )
        )
    return begins, ends


def _moment(given: str | None) -> datetime:
    return arguments.moment(given).astimezone(UTC) if given else datetime.fromtimestamp(clock.now_ms() / 1000, UTC)


def _show(rows: Sequence[dict[str, Any]], total: int, moment: datetime) -> None:
    table = Table(box=None, pad_edge=False)
    heads = ("区划", "division"), ("类别", "kind"), ("排放口", "outlet"), ("统计期", "period"), ("状态", "state")
    for zh, en in (*heads, ("期限", "due"), ("收到", "received"), ("逾期", "late"), ("说明", "remarks")):
        table.add_column(text(zh, en), overflow="fold")
    for row in rows:
        zh, en, colour = STATE_WORDS[row["state"]]
        code = f"{row['division']:06}"
        outlet = row["subject"] if row["obligation"] == "READING" else ""
        late = text(f"{row['days_late']} 天", f"{row['days_late']} d") if row["days_late"] else ""
        table.add_row(
            arguments.spoken(code), row["obligation"], escape(outlet), row["period"], f"[{colour}]{text(zh, en)}[/]",
            stamp(row["due"]), stamp(row["received"]) if row["received"] else "-", late, escape(_remarks(row)),
        )  # fmt: skip
    out = Console(highlight=False)
    out.print(table)
    out.print(
        text(
            f"截至 {stamp(moment)}：列出 {len(rows):,} / {total:,} 项；期限所示时刻起为迟报",
            f"as of {stamp(moment)}: {len(rows):,} of {total:,} listed; from the deadline's moment on it is late",
        ),
        style="dim",
    )


def _remarks(row: dict[str, Any]) -> str:
    said = []
    if row["contradicted"]:
        said.append(text("又报零报告，相互矛盾", "contradicted by a nil"))
    if row["hours"] is not None:
        said.append(text(f"{row['hours']} / 24 小时", f"{row['hours']} of 24 hours"))
    if row["due"] != row["due_first"]:
        said.append(text("已延期", "extended"))
    if row["number"] is not None:
        said.append(f"#{row['number']} {row['by']}")
    if row["reason"]:
        said.append(str(row["reason"]))
    return text("；", "; ").join(said)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    share = None if row["hours"] is None else row["hours"] / 24
    return {**row, "division": f"{row['division']:06}", "city": f"{row['city']:06}", "share": share}


def _duty(duty: Duty) -> dict[str, Any]:
    plain = ("code", "version", "obligation", "period", "owed_by", "levels", "divisions", "least_hours", "norm")
    more = ("valid_from", "valid_to", "counts_from", "pursued_days")
    title = {"zh": duty.title.zh, "en": duty.title.en}
    deadline = {name: getattr(duty.deadline, name) for name in ("number", "unit", "rolls")}
    return {**{name: getattr(duty, name) for name in (*plain, *more)}, "title": title, "deadline": deadline}


def _who(duty: Duty) -> str:
    if duty.owed_by == "OUTLETS":
        return text(f"每个排放口（≥ {duty.least_hours} 小时）", f"every outlet (≥ {duty.least_hours} hours)")
    words = {"city": ("市", "cities"), "county": ("县（市、区）", "counties")}
    named = text("、", ", ").join(text(*words[level]) for level in duty.levels)
    if duty.owed_by == "PUBLISHERS":
        return text(f"登记的报送单位：{named}", f"registered publishers: {named}")
    return text(f"报送单位辖区内：{named}", f"within publishers' divisions: {named}")


def _deadline(deadline: Deadline) -> str:
    number = deadline.number
    match deadline.unit:
        case "hour":
            return text(f"期后 {number} 小时内", f"within {number} hours after")
        case "workday":
            return text(f"期后第 {number} 个工作日", f"working day {number} after")
    rolls = text("，遇非工作日顺延", ", or the next working day") if deadline.rolls else ""
    return text(f"期后第 {number} 日", f"day {number} after") + rolls


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
