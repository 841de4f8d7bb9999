"""huiliu tracking: the eight mechanisms of project oversight, the project library, and programmes with targets."""

from __future__ import annotations

import json
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
from commands.facts_reading import AsOf, Division, Limit, facts_at, moment, more, within
from commands.region import RegionFile
from commands.tracking_tables import table
from huiliu import clock
from huiliu import period as periods
from huiliu.language import text
from huiliu.period import Period
from huiliu.settings import Settings
from oversight import programme as programmes
from oversight import region as regions
from oversight import rule_files
from oversight.mechanisms import criteria
from oversight.mechanisms.all_eight import MECHANISMS
from oversight.mechanisms.library import library
from oversight.region import Region
from schemas.contract import code_table

app = arguments.group()

PeriodOption = Annotated[
    str, typer.Option("--period", help=text("统计期：2025-06、2025Q2 或 2025", "2025-06, 2025Q2 or 2025"))
]
RegionName = Annotated[
    str | None,
    typer.Option("--region", help=text("区域，如 皖北（region list）", "a region, see region list")),
]
CriteriaFile = Annotated[
    Path | None, typer.Option("--criteria", help=text("自有标准文件（JSON）", "a file of your own criteria (JSON)"))
]


@app.callback()
def tracking() -> None:
    """重大项目八项机制、项目库与专项目标 | the eight mechanisms, the project library, programmes."""


@app.command("criteria")
def show_criteria(file: CriteriaFile = None, as_json: AsJson = False) -> None:
    """各机制的标准：数、单位、出处、有效期 | by which numbers each mechanism judges: units, sources, validity."""
    known = criteria.shipped() if file is None else criteria.read(file)
    if as_json:
        typer.echo(json.dumps({"mechanisms": [_criteria_json(one) for one in known]}, ensure_ascii=False))
        return
    out = Console(highlight=False)
    for one in known:
        until = one.valid_to or text("另行调整", "changed")
        out.print(f"[bold]{one.mechanism.replace('_', '-')}[/] {text(one.zh, one.en)}（{one.valid_from} – {until}）")
        told = Table(box=None, pad_edge=False)
        for name, number in one.parameters.items():
            unit = criteria.PARAMETERS[one.mechanism][name]
            told.add_row(f"  {name}", f"{number:,.12g} {unit}", escape(one.sources[name]))
        out.print(told)


def _criteria_json(one: criteria.Criteria) -> dict[str, Any]:
    numbers = {
        name: {"number": number, "unit": criteria.PARAMETERS[one.mechanism][name], "source": one.sources[name]}
        for name, number in one.parameters.items()
    }
    fields = {name: getattr(one, name) for name in ("mechanism", "version", "zh", "en", "norm")}
    days = {"valid_from": str(one.valid_from), "valid_to": None if one.valid_to is None else str(one.valid_to)}
    return {**fields, **days, "tiers": list(one.tiers), "parameters": numbers}


def mechanism(
    name: str, period: str, region: str | None, regions_file: Path | None, division: str | None, own: Path | None,
    as_of: str | None, limit: int, as_json: bool,
) -> None:  # fmt: skip
    """Run one mechanism and show it."""
    span = _span(period)
    known = criteria.shipped() if own is None else criteria.read(own)
    by = criteria.criteria(name, span.last, known)
    of = _region(region, regions_file, span)
    facts = facts_at(as_of, "project_month", "project", "award")
    rules = rule_files.in_use(Settings.from_environment().oversight_rules)
    rows = MECHANISMS[name](facts, by, span, moment(as_of), rules)
    place = "division" if "division" in rows.columns else "city"
    if of is not None:
        rows = regions.within(rows.rename({place: "division"}), of).rename({"division": place})
    rows = within(rows.rename({place: "division"}), division).rename({"division": place})
    if as_json:
        told = {"mechanism": name, "period": span.text, "as_of": moment(as_of).isoformat(), "criteria": by.version}
        _tell(rows, limit, told | {"region": of and of.region})
        return
    _show(rows, limit, name, f"{text(by.zh, by.en)} {span.text}{' ' + text(of.zh, of.en) if of else ''}")


def _span(given: str) -> Period:
    span = periods.parse(given)
    if span.kind == "day":
        raise CommandError(
            text(f"统计期 {given} 应为月、季或年", f"{given} is a day: give a month, a quarter or a year.")
        )
    if span.first > periods.day_of(clock.now_ms()):
        raise CommandError(text(f"统计期 {given} 尚未开始", f"The period {given} has not begun."))
    return span


def _region(name: str | None, file: Path | None, span: Period) -> Region | None:
    if name is None:
        return None
    return regions.region(name, span.last, None if file is None else regions.read(file))


def _tell(rows: pl.DataFrame, limit: int, told: dict[str, Any]) -> None:
    listed = (rows.head(limit) if limit else rows).to_dicts()
    typer.echo(json.dumps({**told, "rows": rows.height, "listed": listed}, ensure_ascii=False, default=str))


def _show(rows: pl.DataFrame, limit: int, name: str, title: str) -> None:
    out = Console(highlight=False)
    out.print(f"[bold]{escape(title)}[/]")
    if rows.is_empty():
        out.print(text("没有项目", "Nothing to list."))
        return
    out.print(table(name, (rows.head(limit) if limit else rows).to_dicts()))
    more(out, rows, limit)


def _command(name: str, zh: str, en: str) -> None:
    """Put one mechanism below ``huiliu tracking``, under its name with hyphens."""

    def run(
        period: PeriodOption,
        region: RegionName = None,
        regions_file: RegionFile = None,
        division: Division = None,
        own: CriteriaFile = None,
        as_of: AsOf = None,
        limit: Limit = 50,
        as_json: AsJson = False,
    ) -> None:
        mechanism(name, period, region, regions_file, division, own, as_of, limit, as_json)

    app.command(name.replace("_", "-"), help=f"{zh} | {en}.")(run)


for _one in criteria.shipped():
    _command(_one.mechanism, _one.zh, _one.en)


@app.command("library")
def show_library(
    period: PeriodOption,
    region: RegionName = None,
    regions_file: RegionFile = None,
    as_of: AsOf = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """省、市分级项目库：各层级、专项的项目数与占比 | the project library by tier and programme."""
    span = _span(period)
    of = _region(region, regions_file, span)
    rows = library(facts_at(as_of, "project_month"), span, moment(as_of), of)
    if as_json:
        _tell(rows, limit, {"period": span.text, "region": of and of.region})
    else:
        _show(
            rows, limit, "library", f"{text('项目库', 'library')} {span.text}{' ' + text(of.zh, of.en) if of else ''}"
        )


@app.command("programme")
def show_programme(
    year: Annotated[int, typer.Option("--year", min=1990, max=2100, help=text("年度", "year"))],
    code: Annotated[str | None, typer.Option("--programme", help=text("专项代码", "programme code"))] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """专项目标：达到多少、序时多少、原文 | programmes: what is reached, where the line is, in whose words."""
    chosen = programmes.shipped() if code is None else (programmes.programme(code),)
    facts = facts_at(as_of, "indicator", "project")
    told = [(one, programmes.standing(one, facts, year, moment(as_of))) for one in chosen]
    if as_json:
        found = [{"programme": one.programme, "source": one.source, "targets": rows.to_dicts()} for one, rows in told]
        typer.echo(json.dumps({"year": year, "programmes": found}, ensure_ascii=False, default=str))
        return
    out = Console(highlight=False)
    for one, rows in told:
        out.print(f"[bold]{one.programme} {text(one.zh, one.en)}[/] {year}")
        out.print(one.source, style="dim", soft_wrap=True)
        out.print(_targets(rows) if rows.height else text("本年度没有目标", "No target in this year."))


def _targets(rows: pl.DataFrame) -> Table:
    told = Table(box=None, pad_edge=False)
    heads = (("指标", "indicator"), ("目标", "target"), ("已达", "reached"), ("依据", "from"), ("序时", "line"))
    for zh, en in (*heads, ("结论", "state")):
        told.add_column(text(zh, en), overflow="fold")
    for row in rows.iter_rows(named=True):
        until = text(f"（到 {row['until']} 年）", f" (by {row['until']})") if row["shape"] == "BY" else ""
        told.add_row(
            code_table("indicator")[row["indicator"]].label,
            f"{row['wanted']:g} {row['unit']}{until}",
            "-" if row["reached"] is None else f"{row['reached']:g}（{row['share']:g}%）",
            _rests(row),
            "-" if row["line"] is None else f"{row['line']:g}",
            text(*programmes.STATES[row["state"]]),
        )
    return told


def _rests(row: dict[str, Any]) -> str:
    if row["by"] is None:
        return "-"
    words = {
        "FIGURE": text("省报送数", "the province's figure"),
        "CITIES": text(f"{row['cities']} 市合计", f"sum of {row['cities']} cities"),
        "PROJECTS": text("竣工项目计数", "completed projects"),
    }
    return words[row["by"]]
