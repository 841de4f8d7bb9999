"""huiliu case: what the province follows up, what was said of it, and what officials do by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from commands import arguments, case_acts, case_pages
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.warehouse import reading
from deploy.endpoints import resolve
from huiliu import clock
from huiliu.language import text
from huiliu.period import day_of
from huiliu.settings import Settings
from oversight import rule_files
from oversight.cases import directive
from oversight.cases.errors import ActRefused
from oversight.cases.event import STATES
from oversight.cases.keeping import case_of, events_of
from sinks import cases

app = arguments.group()
case_acts.join(app)

Number = Annotated[str, typer.Argument(help=text("督办编号", "case number"))]


@app.command("list", help=text("督办事项，先到期的在前", "cases, what is due first"))
def list_cases(
    division: Annotated[str | None, typer.Option("--division", help=text("区划及其下级", "within a division"))] = None,
    state: Annotated[str | None, typer.Option("--state", help="、".join(STATES))] = None,
    closed: Annotated[bool, typer.Option("--closed", help=text("含已销号", "closed ones too"))] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help=text("只看逾期", "overdue only"))] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """Open cases with owner and next date."""
    if state is not None and state not in STATES:
        raise CommandError(text(f"没有状态 {state!r}：{'、'.join(STATES)}", f"No state {state!r}: {', '.join(STATES)}"))
    wider = arguments.division(division) if division else None
    today = day_of(clock.now_ms())
    with reading(resolve(Settings.from_environment())) as connection:
        rows = cases.listed(
            connection,
            division=wider,
            state=state,
            closed=closed,
            overdue=today if overdue else None,
            limit=limit,
        )
    if as_json:
        case_pages.print_json({"cases": rows})
    else:
        case_pages.show_list(rows, today)


@app.command("show", help=text("一件事项：现状、经过、反馈、督办单", "one case: state, events, answers, directives"))
def show(number: Number, as_json: AsJson = False) -> None:
    """What was found, and everything that happened since."""
    settings = Settings.from_environment()
    with reading(resolve(settings)) as connection:
        case, events = case_of(connection, number), events_of(connection, number)
        answers, told = cases.answers(connection, number), cases.directives(connection, number)
    if case is None:
        raise ActRefused.unknown(number)
    finding = directive.words(case, rule_files.in_use(settings.oversight_rules).rule)
    if as_json:
        case_pages.print_json(case_pages.whole(case, finding, events, answers, told))
    else:
        case_pages.show_state(case)
        case_pages.show_finding(case, finding)
        case_pages.show_course(events, answers, told)


@app.command("audit", help=text("抽查：没有新数据而销号的事项", "a sample of closures without new data"))
def audit(
    days: Annotated[int, typer.Option("--days", min=1, max=3_660, help=text("近多少天", "of the last days"))] = 90,
    sample: Annotated[int, typer.Option("--sample", min=1, max=10_000, help=text("抽多少件", "how many"))] = 20,
    seed: Annotated[str, typer.Option("--seed", help=text("抽样种子，同种子同样本", "same seed, same sample"))] = "1",
    as_json: AsJson = False,
) -> None:
    """Closed by an official or by a document, not by fresh facts: these are worth a second look."""
    since = datetime.fromtimestamp(clock.now_ms() / 1000, UTC) - timedelta(days=days)
    with reading(resolve(Settings.from_environment())) as connection:
        rows, counts = cases.closures(connection, since, seed, sample)
        reasons = {row["number"]: events_of(connection, row["number"])[-1] for row in rows}
    told = [row | {"by": reasons[row["number"]].actor, "reason": reasons[row["number"]].reason} for row in rows]
    if as_json:
        case_pages.print_json({"since": since, "seed": seed, "closed": counts, "sample": told})
    else:
        case_pages.show_audit(told, counts, days)


@app.command("run", help=text("只运行督办进程，前台", "run the oversight process only, in the foreground"))
def run() -> None:
    """Judge, take answers and tell directives for the running instance, or HUILIU_KAFKA and HUILIU_DATABASE."""
    settings = Settings.from_environment()
    endpoints = resolve(settings)
    from streams import oversight_process  # Faust takes a second to import: only once it is known where the hub is

    oversight_process.end(oversight_process.run(endpoints.kafka, endpoints.database, settings))
