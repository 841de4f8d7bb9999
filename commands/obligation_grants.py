"""huiliu obligation exempt, extend, withdraw, grants, owes: what is granted on obligations; refusals are kept too."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.declarations import short
from commands.errors import CommandError
from commands.figures import stamp
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu import clock, period
from huiliu.errors import Malformed
from huiliu.language import text
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from oversight.errors import OversightError
from oversight.obligations import duty_files, granting
from oversight.obligations.duty import OBLIGATIONS
from oversight.obligations.known import owers
from sinks import obligations
from sinks.obligations import Grant
from sinks.warehouse import Connection

Of = Annotated[str, typer.Argument(help=text("区划代码", "division code"))]
Kind = Annotated[str, typer.Argument(help=text("类别：", "kind: ") + ", ".join(OBLIGATIONS.values()))]
Why = Annotated[str, typer.Option("--reason", help=text("理由", "the reason"))]
Who = Annotated[str, typer.Option("--by", help=text("批准人", "who grants it"))]
Outlet = Annotated[str | None, typer.Option("--mn", help=text("只限一个排放口", "only of one outlet"))]

EVENTS = {
    "EXEMPT": ("免报", "exempt"),
    "EXTEND": ("延期", "extended"),
    "WITHDRAW": ("撤销免报", "withdrawn"),
    "REFUSED": ("未予批准", "refused"),
}


def join(app: typer.Typer) -> None:
    """Add these commands to the group."""
    app.command("exempt", help=text("免报，须有理由和批准人", "exempt, with reason and who grants it"))(exempt)
    app.command("extend", help=text("延期", "put a deadline off"))(extend)
    app.command("withdraw", help=text("撤销免报", "withdraw an exemption"))(withdraw)
    app.command("grants", help=text("免报、延期、撤销与未批准的记录", "what was granted, withdrawn, refused"))(grants)
    app.command("owes", help=text("报送单位自何日起负有报送责任", "since which day a publisher owes"))(owes)


def obligation(kind: str) -> str:
    """PROJECT for project. Raises CommandError naming those that can be owed."""
    found = arguments.kind(kind.lower(), OBLIGATIONS.values())
    return next(code for code, name in OBLIGATIONS.items() if name == found)


def day(given: str) -> date:
    """A day as typed. Raises CommandError."""
    told = period.parse(given.strip())
    if told.kind != "day":
        raise CommandError(text(f"{given!r} 不是日期，如 2026-05-01", f"{given!r} is no day: write 2026-05-01"))
    return told.first


def exempt(
    division: Of,
    kind: Kind,
    reason: Why,
    by: Who,
    of_period: Annotated[str | None, typer.Option("--period", help=text("一个统计期", "one period"))] = None,
    first: Annotated[
        str | None, typer.Option("--from", help=text("自某日起的各期", "periods from this day on"))
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help=text("至某日止的各期", "to this day"))] = None,
    mn: Outlet = None,
    as_json: AsJson = False,
) -> None:
    """Of one period, or of all that lie within --from and --to."""
    if (of_period is None) == (first is None or last is None):
        raise CommandError(text("请给出 --period，或 --from 与 --to", "Give --period, or --from and --to."))
    asked = {"event": "EXEMPT", "mn": mn, "period": of_period, "from": first, "to": last}

    def act(connection: Connection, grant: Grant) -> int:
        if of_period is not None:
            told = period.parse(of_period)
            begins, ends = told.first, told.last
            _owing(connection, grant, [granting.duty_for(duty_files.in_use(), grant.obligation, told)])
        else:
            begins, ends = day(str(first)), day(str(last))
            granting.spanned(begins, ends)
            _owing(connection, grant, [d for d in duty_files.in_use() if d.obligation == grant.obligation])
        return obligations.exempt(connection, grant, begins, ends)

    number = _granted(_grant(division, kind, reason, by, mn), asked, act)
    _tell(as_json, number, f"已准免报：{number} 号", f"Exemption {number} is granted.")


def extend(
    division: Of,
    kind: Kind,
    reason: Why,
    by: Who,
    of_period: Annotated[str, typer.Option("--period", help=text("统计期", "the period"))],
    until: Annotated[
        str,
        typer.Option("--until", help=text("新的期限：某日（当日有效）或某时刻", "a day (its end) or a moment")),
    ],
    mn: Outlet = None,
    as_json: AsJson = False,
) -> None:
    """The new deadline must lie ahead and be later than the one in force."""
    asked = {"event": "EXTEND", "mn": mn, "period": of_period, "until": until}

    def act(connection: Connection, grant: Grant) -> int:
        told, moment = period.parse(of_period), _until(until)
        duty = granting.duty_for(duty_files.in_use(), grant.obligation, told)
        _owing(connection, grant, [duty])
        so_far = obligations.extensions(connection).filter(
            pl.col("subject").is_null() | (pl.col("subject") == pl.lit(grant.subject, pl.String)),
            obligation=grant.obligation,
            division=grant.division,
            period=told.text,
        )
        granting.later(duty, told, so_far, round(moment.timestamp() * 1000), clock.now_ms())
        return obligations.extend(connection, grant, told.text, moment)

    number = _granted(_grant(division, kind, reason, by, mn), asked, act)
    _tell(as_json, number, f"已准延期：{number} 号", f"Extension {number} is granted.")


def withdraw(
    number: Annotated[int, typer.Argument(help=text("免报号", "number of the exemption"))],
    reason: Why,
    by: Who,
    as_json: AsJson = False,
) -> None:
    """From now on the division owes again; what stood before stays known."""
    with writing(resolve(Settings.from_environment())) as connection:
        added = obligations.withdraw(connection, number, short("--reason", reason), short("--by", by))
    _tell(as_json, added, f"免报 {number} 已撤销", f"Exemption {number} is withdrawn.")


def grants(
    division: Annotated[str | None, typer.Option("--division", help=text("一个区划", "one division"))] = None,
    as_json: AsJson = False,
) -> None:
    """Newest first."""
    code = None if division is None else int(arguments.division(division))
    with reading(resolve(Settings.from_environment())) as connection:
        found = obligations.events(connection, code).to_dicts()
    if as_json:
        typer.echo(json.dumps({"grants": found}, ensure_ascii=False, default=str))
    else:
        show(found)


def owes(
    division: Of,
    first: Annotated[str, typer.Option("--from", help=text("自某日起", "from this day on"))],
    as_json: AsJson = False,
) -> None:
    """The first period that it owes is the first that begins on this day or later; by default that of registration."""
    code, since = arguments.division(division), day(first)
    with writing(resolve(Settings.from_environment())) as connection:
        obligations.owe_from(connection, int(code), since)
    if as_json:
        typer.echo(json.dumps({"division": code, "owes_from": str(since)}))
    else:
        spoken = arguments.spoken(code)
        typer.echo(text(f"{spoken} 自 {since} 起负有报送责任", f"{spoken} owes reports from {since} on."))


def show(events: Sequence[dict[str, Any]]) -> None:
    """Grants and refusals for people."""
    table = Table(box=None, pad_edge=False)
    for zh, en in (("号", "#"), ("记录", "event"), ("区划", "division"), ("类别", "kind"), ("期", "period"),
                   ("期限", "until"), ("批准人", "by"), ("时间", "recorded"), ("理由", "reason")):  # fmt: skip
        table.add_column(text(zh, en), overflow="fold")
    for row in events:
        span = f"{row['first_day']} – {row['last_day']}" if row["first_day"] else row["period"] or ""
        span = f"#{row['withdraws']}" if row["withdraws"] else span
        why = text("；", "; ").join(filter(None, (row["reason"], row["refusal"])))
        table.add_row(
            str(row["number"]), text(*EVENTS[row["event"]]), arguments.spoken(f"{row['division']:06}"),
            f"{row['obligation']} {row['subject'] or ''}".strip(), span, stamp(row["until"]) if row["until"] else "",
            escape(row["said_by"]), stamp(row["recorded_at"]), escape(why),
        )  # fmt: skip
    Console(highlight=False).print(table)


def _grant(division: str, kind: str, reason: str, by: str, mn: str | None) -> Grant:
    code = int(arguments.division(division))
    told = {"reason": short("--reason", reason), "said_by": short("--by", by)}
    return Grant(obligation=obligation(kind), division=code, subject=mn, **told)


def _granted(grant: Grant, asked: dict[str, Any], act: Callable[[Connection, Grant], int]) -> int:
    """The number of what was granted. A refusal is kept, in a transaction that is committed, and then raised."""
    with writing(resolve(Settings.from_environment())) as connection:
        try:
            return act(connection, grant)
        except (OversightError, CommandError, Malformed) as refusal:
            why = refusal
        number = obligations.refuse(connection, grant, asked, str(why))
    raise CommandError(text(f"未予批准（已记录为 {number} 号）：{why}", f"Refused (kept as number {number}): {why}"))


def _owing(connection: Connection, grant: Grant, duties: Sequence[Any]) -> None:
    """Somebody of the division must owe by one of the duties. Raises GrantRefused."""
    found = owers(connection, duties, datetime.fromtimestamp(clock.now_ms() / 1000, UTC))
    refused: list[OversightError] = []
    for duty in duties:
        try:
            return granting.owing(found, duty, grant.division, grant.subject)
        except OversightError as refusal:
            refused.append(refusal)
    raise refused[-1] if refused else OversightError(text("没有这类报送要求", "there is no such duty"))


def _until(given: str) -> datetime:
    """The first moment that is too late: after the end of a day, or the moment itself."""
    if not period.valid(given.strip()) or period.parse(given.strip()).kind != "day":
        return arguments.moment(given)
    try:
        return datetime.combine(day(given) + timedelta(days=1), datetime.min.time(), SHANGHAI)
    except OverflowError:
        raise CommandError(text(f"期限 {given} 过远", f"The deadline {given} is too far ahead.")) from None


def _tell(as_json: bool, number: int, zh: str, en: str) -> None:
    typer.echo(json.dumps({"number": number}) if as_json else text(zh, en))
