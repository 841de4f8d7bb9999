"""huiliu approval: figures confirmed by counties and cities, accepted or sent back by the province."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import COLUMNS, MICRO, stamp, written
from commands.main import NAMED, NOT_SO
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu import division as divisions
from huiliu.clock import now_ms
from huiliu.language import text
from huiliu.settings import Settings
from oversight.approvals import register
from oversight.approvals.cell import Cell, CellId, Change, within
from oversight.approvals.decision import Act, Approvals, Refusal
from oversight.approvals.scope import Matter
from oversight.approvals.standing import WORDS, Action, Event, Standing, State
from sinks import approvals

app = arguments.group()

LONGEST: Final = 500  #: characters of a reason or name
SHOWN: Final = 12  #: digits of a hash that people see, and may give

Of = Annotated[str, typer.Argument(help=text("区划代码", "division code"))]
Kind = Annotated[
    str, typer.Option("--kind", help=text("project、award、indicator、reading", "project, award, indicator, reading"))
]
Period = Annotated[
    str,
    typer.Option("--period", help=text("期间：2026-10；award 为年度 2026", "period: 2026-10; of award a year, 2026")),
]
Seen = Annotated[
    str,
    typer.Option(
        "--hash",
        help=text("所见数据的哈希（show 所示，至少 12 位）", "hash that was seen (show has it), 12 digits or more"),
    ),
]
By = Annotated[str, typer.Option("--by", help=text("经办人", "who does it"))]
Why = Annotated[str, typer.Option("--why", help=text("理由", "why"))]
As = Annotated[str | None, typer.Option("--as", help=text("以哪个区划的身份办理", "the division that acts"))]

COLOURS: Final[Mapping[State, str]] = {
    State.OPEN: "yellow",
    State.CONFIRMED: "green",
    State.ACCEPTED: "green",
    State.RETURNED: "red",
    State.REOPENED: "yellow",
}


@app.command("list", help=text("各级现状：谁已确认、受理，谁还没有", "where every division stands"))
def list_standings(
    kind: Kind,
    period: Period,
    under: Annotated[
        str | None, typer.Option("--under", help=text("只看此区划之内", "only within this division"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 3 while not everything is accepted."""
    matter, division = Matter(kind, period), _under(under)
    with reading(resolve(Settings.from_environment())) as connection:
        now_standing = register.load(connection, matter, division)
    found = [one for one in _ordered(now_standing) if divisions.within(one.division, division)]
    if as_json:
        typer.echo(
            json.dumps(
                {"kind": kind, "period": period, "standings": [_standing(one) for one in found]}, ensure_ascii=False
            )
        )
    else:
        _show_standings(found)
    if any(one.state is not State.ACCEPTED for one in found if not _is_county_of_a_city(one.division)):
        raise typer.Exit(NOT_SO)


@app.command("show", help=text("一个区划的数据、哈希与办理经过", "a division's cells, their hash, and what was said"))
def show(division: Of, kind: Kind, period: Period, as_json: AsJson = False) -> None:
    """The cells now, beside what was confirmed; everything that was said, and what was refused."""
    matter, code = Matter(kind, period), arguments.division(division)
    with reading(resolve(Settings.from_environment())) as connection:
        now_there = register.load(connection, matter, code)
        refused = [one for one in approvals.refusals(connection, kind, period) if f"{one['division']:06d}" == code]
    here = now_there.standings.get(code)
    if here is None:
        raise CommandError(
            text(f"{arguments.spoken(code)} 在 {period} 没有 {kind} 数据，也未登记报送",
                 f"{arguments.spoken(code)} has no {kind} figures in {period} and is no publisher of it")
        )  # fmt: skip
    cells = within(now_there.cells, code)
    events = [event for event in now_there.events if event.division == code]
    if as_json:
        told = {**_standing(here), "cells": [_cell(one, cell) for one, cell in sorted(cells.items())]}
        told |= {"events": [_event(event) for event in events], "refused": [_refused(one) for one in refused]}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(kind, here, cells, events, refused)


@app.command(
    "confirm",
    help=text("确认本区划的数据（市须在所辖区县之后）", "confirm one's own figures; a city after its counties"),
)
def confirm(
    division: Of, kind: Kind, period: Period, seen: Seen, by: By, why: Why = "", acting: As = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """What is confirmed is frozen under its hash; a later correction opens only the cells that it touches."""
    code = arguments.division(division)
    _say(Matter(kind, period), [_act(Action.CONFIRMED, code, acting or code, by, seen, why)], as_json)


@app.command("accept", help=text("省级受理一个市（或省直辖县）", "the province accepts what reports to it directly"))
def accept(
    division: Of, kind: Kind, period: Period, seen: Seen, by: By, why: Why = "", acting: As = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Only what is confirmed as it is now, with everything below it."""
    code = arguments.division(division)
    upper = acting or divisions.province_of(code)
    _say(Matter(kind, period), [_act(Action.ACCEPTED, code, upper, by, seen, why)], as_json)


@app.command("return", help=text("上级退回，要求更正", "those above send back for correction"))
def send_back(
    division: Of, kind: Kind, period: Period, by: By, why: Why, acting: As = None, as_json: AsJson = False
) -> None:
    """The division has to confirm again, and so has everybody between it and the province."""
    code = arguments.division(division)
    upper = acting or divisions.province_of(code)
    _say(Matter(kind, period), [_act(Action.RETURNED, code, upper, by, "", why)], as_json)


def _under(given: str | None) -> str:
    return arguments.division(given) if given else Settings.from_environment().province


def _act(action: Action, division: str, acting: str, by: str, seen: str, why: str) -> Act:
    for told in (by, why):
        if len(told) > LONGEST:
            raise CommandError(text(f"最多 {LONGEST} 个字符", f"{LONGEST} characters at most"))
    if not by.strip():
        raise CommandError(text("--by 须写明经办人", "--by says who does it"))
    if action is not Action.RETURNED and not (
        SHOWN <= len(seen) <= 64 and all(digit in "0123456789abcdef" for digit in seen)
    ):
        raise CommandError(
            text(f"--hash {seen[:80]!r} 应为 12 至 64 位十六进制数字，见 huiliu approval show",
                 f"--hash {seen[:80]!r} should be 12 to 64 hexadecimal digits, as huiliu approval show has them")
        )  # fmt: skip
    return Act(
        action=action,
        division=division,
        by=arguments.division(acting),
        actor=by.strip(),
        at=datetime.fromtimestamp(now_ms() / 1000, UTC),
        seen=seen,
        why=why,
    )


def _say(matter: Matter, acts: Iterable[Act], as_json: bool) -> None:
    """Say it, or show why it is refused; exit code 2. A refusal is kept in the warehouse as well."""
    for act in acts:
        with writing(resolve(Settings.from_environment())) as connection:
            said = register.say(connection, matter, act)
        if isinstance(said, Refusal):
            _show_refusal(matter.kind, said, as_json)
            raise typer.Exit(NAMED)
        if as_json:
            typer.echo(json.dumps(_event(said), ensure_ascii=False))
            continue
        word = text(*WORDS[State(said.action.value)])
        name = arguments.spoken(act.division)
        typer.echo(f"{name} {matter.kind} {matter.period} {word} {said.hash[:SHOWN]}")


def _show_refusal(kind: str, refused: Refusal, as_json: bool) -> None:
    if as_json:
        told = {"refused": refused.reason.value, "message": str(refused)}
        typer.echo(json.dumps({**told, "changes": [_change(one) for one in refused.changes]}, ensure_ascii=False))
        return
    typer.echo(text("未办理：", "refused: ") + str(refused), err=True)
    for line in _change_lines(kind, refused.changes):
        Console(highlight=False, stderr=True, soft_wrap=True).print(line)


def _ordered(found: Approvals) -> list[Standing]:
    """Each division before those below it."""
    return (
        sorted(found.standings.values(), key=lambda one: (divisions.city_of(one.division), one.division))
        if found.tree
        else []
    )


def _is_county_of_a_city(code: str) -> bool:
    return divisions.level(code) == "county" and divisions.city_of(code) not in (code, divisions.province_of(code))


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "division": one.division,
        "name": divisions.full_name(one.division),
        "state": one.state.value,
        "hash": one.hash,
        "cells": one.count,
        "last": None if one.last is None else _event(one.last),
        "touched": [_change(change) for change in one.touched],
        "waiting": list(one.waiting),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "division": event.division,
        "action": event.action.value,
        "by": event.by,
        "actor": event.actor,
        "at": event.at.isoformat(),
        "hash": event.hash,
        "why": event.why,
    }


def _cell(one: CellId, cell: Cell) -> dict[str, Any]:
    return {**one._asdict(), "hash": cell.hash, "facts": cell.facts, "figures": dict(cell.figures)}


def _change(change: Change) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {
        **change.cell._asdict(),
        **{side: cell and {"facts": cell.facts, "figures": dict(cell.figures)} for side, cell in sides.items()},
    }


def _refused(one: Mapping[str, Any]) -> dict[str, Any]:
    names = ("action", "actor", "seen", "reason", "told")
    return {**{name: one[name] for name in names}, "by": f"{one['said_by']:06d}", "at": one["said_at"].isoformat()}


def _show_standings(found: list[Standing]) -> None:
    out, table = Console(highlight=False), Table(box=None, pad_edge=False)
    if not found:
        out.print(
            text("没有数据，也没有登记报送这一类的单位。", "There are no figures, and no publisher of this kind.")
        )
        return
    for heading in (text("区划", "division"), text("状态", "state"), text("格数", "cells"), text("哈希", "hash"),
                    text("最近办理", "last"), text("还差", "lacks")):  # fmt: skip
        table.add_column(heading, overflow="fold")
    for one in found:
        state = f"[{COLOURS[one.state]}]{text(*WORDS[one.state])}[/]"
        last = "-" if one.last is None else f"{stamp(one.last.at)} {one.last.actor}"
        lacks = [arguments.spoken(child) for child in one.waiting[:3]] + ["…"] * (len(one.waiting) > 3)
        lacks += [text(f"{len(one.touched)} 格有更正", f"{len(one.touched)} cells corrected")] if one.touched else []
        cells = (
            arguments.spoken(one.division),
            state,
            str(one.count),
            one.hash[:SHOWN],
            escape(last),
            "、".join(lacks),
        )
        table.add_row(*cells)
    out.print(table)


def _show(
    kind: str, here: Standing, cells: Mapping[CellId, Cell], events: list[Event], refused: list[dict[str, Any]]
) -> None:
    out = Console(highlight=False, soft_wrap=True)
    out.print(
        f"{arguments.spoken(here.division)}  [{COLOURS[here.state]}]{text(*WORDS[here.state])}[/]  "
        + text("哈希 ", "hash ")
        + here.hash
    )
    touched = {change.cell for change in here.touched}
    for one, cell in sorted(cells.items()):
        mark = text("[yellow]重开[/] ", "[yellow]open[/] ") if one in touched else ""
        out.print(f"  {mark}{one.division} {escape(one.group)}  {_figures(kind, cell)}  [dim]{cell.hash[:SHOWN]}[/]")
    for line in _change_lines(kind, here.touched):
        out.print(line)
    for event in events:
        word = text(*WORDS[State(event.action.value)])
        by = f"{arguments.spoken(event.by)} {event.actor}"
        out.print(f"{stamp(event.at)}  {word}  {escape(by)}  {event.hash[:SHOWN]}  {escape(event.why)}")
    for row in refused:
        out.print(f"{stamp(row['said_at'])}  " + text("未办理 ", "refused ") + escape(f"{row['actor']}: {row['told']}"))


def _change_lines(kind: str, changes: Iterable[Change]) -> Iterable[str]:
    for change in changes:
        before, after = (
            text("无", "none") if cell is None else _figures(kind, cell) for cell in (change.before, change.after)
        )
        yield f"  {change.cell.division} {escape(change.cell.group)}：{before} → {after}"


def _figures(kind: str, cell: Cell) -> str:
    """The figures as people read them: money in yuan, mass in kilogrammes."""
    told = dict(cell.figures)
    if "mass_micro" in told:
        told["mass_kg"] = (told["mass_micro"] or 0) / MICRO
    named = ((text(zh, en), told[name], how) for name, zh, en, how in COLUMNS[kind] if name in told)
    return escape("，".join(f"{heading} {written(value, how)}" for heading, value, how in named))
