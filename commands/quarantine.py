"""huiliu quarantine: what was rejected and why, and sending it again once the reason is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from commands import arguments, findings, records
from commands.arguments import AsJson
from commands.correcting import export, resubmit
from commands.digest import digest
from commands.errors import CommandError
from commands.figures import STATUSES
from commands.producing import Sender, sender
from commands.waits import shown
from commands.warehouse import reading, writing
from deploy.cluster import admin
from deploy.endpoints import Endpoints, resolve
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.period import SHANGHAI
from huiliu.settings import Settings
from schemas import citation, event_json
from sinks import corrections, quarantine
from sinks.warehouse import Connection
from streams.dead_letter import unpack_headers
from validators import catalogue

app = arguments.group()

PAGE: Final = 500
NEAR: Final = 50  # rejected records this close to each other are read together

app.command(
    "digest", help=text("按原因归并：规则 × 字段 × 值的形式", "findings as causes: rule, field, form of the value")
)(digest)
app.command("export", help=text("写成可编辑的行，附被更正记录的坐标", "open records as lines to edit"))(export)
app.command("resubmit", help=text("报送改好的行，并引用原记录", "send edited lines, citing what they correct"))(
    resubmit
)


class Status(StrEnum):
    """Where a rejected record stands."""

    OPEN = "open"
    WAITING = "waiting"
    REQUEUED = "requeued"
    CORRECTED = "corrected"
    ALL = "all"


Topic = Annotated[str, typer.Argument(help=text("主题", "topic"))]
Partition = Annotated[int, typer.Argument(min=0, help=text("分区", "partition"))]
Offset = Annotated[int, typer.Argument(min=0, help=text("偏移量", "offset"))]
Publisher = Annotated[
    str | None, typer.Option("--publisher", help=text("报送单位区划代码", "division of the publisher"))
]
Kind = Annotated[str | None, typer.Option("--kind", help=text("事项类别", "kind"))]
Code = Annotated[str | None, typer.Option("--code", help=text("规则代码", "a rule's code"))]


@app.command("list", help=text("列出被隔离的记录", "list rejected records"))
def list_entries(
    publisher: Publisher = None,
    kind: Kind = None,
    code: Code = None,
    status: Annotated[
        Status | None, typer.Option("--status", help=text("处理状态，默认未了结的", "state; else all unsettled ones"))
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help=text("最多多少条", "so many at most"))] = 50,
    as_json: AsJson = False,
) -> None:
    """Rejected records in the order of their coordinates."""
    chosen = _chosen(publisher, kind, code)
    state = quarantine.UNSETTLED if status is None else None if status is Status.ALL else status.value
    with reading(resolve(Settings.from_environment())) as connection:
        found = quarantine.entries(connection, **chosen, status=state, limit=limit + 1)
    entries, more = found[:limit], len(found) > limit
    if as_json:
        typer.echo(json.dumps({"entries": [_listed(entry) for entry in entries], "more": more}, ensure_ascii=False))
    else:
        _show_list(entries, more)


def _chosen(publisher: str | None, kind: str | None, code: str | None) -> dict[str, Any]:
    if code is not None and code.upper() not in catalogue.RULES:
        mend = "huiliu rules list"
        raise CommandError(text(f"没有规则 {code!r}，见 {mend}", f"There is no rule {code!r}, see {mend}"))
    return {
        "publisher": None if publisher is None else arguments.division(publisher),
        "kind": None if kind is None else arguments.kind(kind),
        "code": None if code is None else code.upper(),
    }


def _listed(entry: Mapping[str, Any]) -> dict[str, Any]:
    names = ("topic", "partition", "offset", "kind", "publisher", "layer", "status", "rule_set", "awaits")
    told = {name: entry[name] for name in names}
    return {**told, "codes": list(entry["codes"] or ()), "recorded_at": entry["recorded_at"].isoformat()}


def _show_list(entries: Sequence[Mapping[str, Any]], more: bool) -> None:
    if not entries:
        typer.echo(text("隔离区中没有这样的记录。", "There is no such record in quarantine."))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(text("主题 分区 偏移量", "topic partition offset"), no_wrap=True)
    table.add_column(text("时间", "time"), no_wrap=True)
    table.add_column(text("状态", "state"), no_wrap=True)
    table.add_column(text("问题", "findings"), overflow="fold")
    for entry in entries:
        codes = " ".join(entry["codes"] or ())
        state = text(STATUSES[entry["status"]], entry["status"])
        table.add_row(_place(entry), moment(entry["recorded_at"]), state, codes)
    console = Console(highlight=False)
    console.print(table)
    if more:
        console.print(text("还有更多：--limit", "There are more: --limit"))
    first = _place(entries[0])
    console.print(text(f"查看：huiliu quarantine show {first}", f"Open one: huiliu quarantine show {first}"))


def _place(entry: Mapping[str, Any]) -> str:
    return f"{entry['topic']} {entry['partition']} {entry['offset']}"


def moment(when: datetime) -> str:
    """A time as Shanghai's, to the second."""
    return when.astimezone(SHANGHAI).strftime("%m-%d %H:%M:%S")


@app.command("show", help=text("一条记录：原始字节、事项、问题", "one record: bytes, event, findings"))
def show_entry(topic: Topic, partition: Partition, offset: Offset, as_json: AsJson = False) -> None:
    """One rejected record, verbatim."""
    with reading(resolve(Settings.from_environment())) as connection:
        entry = quarantine.entry(connection, topic, partition, offset)
        if entry is None:
            raise CommandError(_absent(topic, partition, offset))
        history = corrections.history(connection, entry)
    headers = unpack_headers(entry["headers"])
    if as_json:
        typer.echo(json.dumps({**_described(entry, headers), **_historic(history)}, ensure_ascii=False))
        return
    out = Console(highlight=False, soft_wrap=True)
    out.print(f"{topic} {partition} {offset}  {text(STATUSES[entry['status']], entry['status'])}")
    when = entry["recorded_at"].astimezone(SHANGHAI).isoformat(timespec="seconds")
    out.print(text(f"隔离于 {when}，规则集 {entry['rule_set']}", f"rejected {when}, rule set {entry['rule_set']}"))
    for line in (
        *_course(entry, history),
        *findings.lines(entry["findings"]),
        *records.lines(entry["kind"], entry["key"], entry["value"], headers),
    ):
        out.print(line)
    if entry["not_evaluated"]:
        codes = ", ".join(entry["not_evaluated"])
        out.print(text(f"未能判定：{codes}", f"not evaluated: {codes}"), style="dim")


def _course(entry: Mapping[str, Any], history: Mapping[str, Any]) -> Iterator[str]:
    """What it waits for, what it was to correct, and how it was closed."""
    if entry["status"] == "waiting":
        yield text(f"等待 MN {entry['awaits']} 的登记，登记入库后自动重新判定",
                   f"waits for the registration of MN {entry['awaits']}, then it is judged again")  # fmt: skip
    if history["corrects"]:
        place = _spoken(history["corrects"])
        yield text(f"是对 {place} 的更正", f"was to correct {place}")
    for attempt in history["attempts"]:
        place, state = _place(attempt), text(STATUSES[attempt["status"]], attempt["status"])
        yield text(f"更正未通过：{place}（{state}）", f"a correction that was rejected: {place} ({state})")
    if history["closed_by"]:
        place, seconds = _spoken(history["closed_by"]), history["seconds"]
        yield text(f"由 {place} 更正，历时 {seconds:,.0f} 秒", f"corrected by {place} after {seconds:,.0f} s")


def _spoken(place: tuple[str, int, int]) -> str:
    return " ".join(map(str, place))


def _historic(history: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: _coordinates(history[name]) for name in ("corrects", "closed_by")}
    attempts = [
        {**{name: attempt[name] for name in ("topic", "partition", "offset", "status")},
         "recorded_at": attempt["recorded_at"].isoformat()}
        for attempt in history["attempts"]
    ]  # fmt: skip
    return {**named, "attempts": attempts, "seconds_to_correct": history["seconds"]}


def _coordinates(place: tuple[str, int, int] | None) -> dict[str, Any] | None:
    return None if place is None else dict(zip(("topic", "partition", "offset"), place, strict=True))


def _absent(topic: str, partition: int, offset: int) -> str:
    place = f"{topic} {partition} {offset}"
    return text(
        f"隔离区中没有 {place}。它的下落：huiliu explain offset {place}",
        f"{place} is not in quarantine. What became of it: huiliu explain offset {place}",
    )


def _described(entry: Mapping[str, Any], headers: Sequence[tuple[str, bytes | None]]) -> dict[str, Any]:
    names = ("topic", "partition", "offset", "kind", "layer", "status", "rule_set", "received_at", "awaits")
    return {
        **{name: entry[name] for name in names},
        "recorded_at": entry["recorded_at"].isoformat(),
        "not_evaluated": entry["not_evaluated"],
        "findings": [findings.described(finding) for finding in entry["findings"]],
        "event": event_json.of_value(entry["kind"], entry["value"]),
        **records.described(entry["key"], entry["value"], headers),
    }


@app.command("requeue", help=text("原样重新送入原主题", "send records again, verbatim, to the topic they came by"))
def requeue(
    topic: Annotated[str | None, typer.Argument(help=text("主题", "topic"))] = None,
    partition: Annotated[int | None, typer.Argument(min=0, help=text("分区", "partition"))] = None,
    offset: Annotated[int | None, typer.Argument(min=0, help=text("偏移量", "offset"))] = None,
    code: Code = None,
    publisher: Publisher = None,
    kind: Kind = None,
    every: Annotated[bool, typer.Option("--all", help=text("全部待处理的", "all that are open"))] = False,
    as_json: AsJson = False,
) -> None:
    """After what was missing is there (an outlet's registration, a project): one record, those of a code, or all."""
    one = (topic, partition, offset)
    if sum((any(part is not None for part in one), code is not None or every)) != 1 or (topic and None in one):
        how = "huiliu quarantine requeue TOPIC PARTITION OFFSET | --code CODE | --all"
        raise CommandError(text(f"请三选一：{how}", f"Choose one of three: {how}"))
    endpoints = resolve(Settings.from_environment())
    chosen = _chosen(publisher, kind, code)
    # The reading transaction stays open: it sees what was open when the command began, so a record that is rejected
    # again while this runs is not sent a third time.
    with shown() as progress, reading(endpoints) as connection, sender(endpoints.kafka) as way:
        label, done = text("重新入列", "sending again"), 0
        progress("requeue", label)
        for page in _letters(connection, one, chosen):
            done += send_again(endpoints, way, page)
            progress("requeue", f"{label} {done}")
        progress("requeue", f"{label} {done}", 1, 1)
    if as_json:
        typer.echo(json.dumps({"requeued": done}))
    else:
        typer.echo(
            text(
                f"已重新入列 {done} 条，结果见 huiliu quarantine list",
                f"{done} records sent again: see huiliu quarantine list",
            )
        )


Letter = Mapping[str, Any]


def _letters(
    connection: Connection, one: tuple[str | None, int | None, int | None], chosen: Mapping[str, Any]
) -> Iterator[list[Letter]]:
    """The open records that were asked for, with their bytes, some at a time. Raises CommandError."""
    topic, partition, offset = one
    if topic is not None and partition is not None and offset is not None:
        found = quarantine.entry(connection, topic, partition, offset)
        if found is None:
            raise CommandError(_absent(topic, partition, offset))
        if found["status"] == "waiting":
            mn = found["awaits"]
            raise CommandError(
                text(
                    f"该记录在等待 MN {mn} 的登记（registration），登记入库后自动重新入列",
                    f"It waits for the registration of MN {mn} and is sent again by itself when that is loaded",
                )
            )
        if found["status"] != "open":
            state = text(STATUSES[found["status"]], found["status"])
            raise CommandError(
                text(f"该记录的状态是“{state}”，不再重送", f"Its state is {state}: it is not sent again")
            )
        yield [found]
        return
    after: tuple[int, int] | None = None
    while page := quarantine.entries(connection, **chosen, status="open", limit=PAGE, after=after):
        after = (page[-1]["intake"], page[-1]["offset"])
        yield [letter for run in _runs(page) for letter in _with_bytes(connection, run)]


def _runs(page: Sequence[Letter]) -> Iterator[list[Letter]]:
    """Entries of a page that lie near each other in one partition."""
    run: list[Letter] = []
    for entry in page:
        if run and (entry["intake"] != run[-1]["intake"] or entry["offset"] - run[-1]["offset"] > NEAR):
            yield run
            run = []
        run.append(entry)
    yield run


def _with_bytes(connection: Connection, run: Sequence[Letter]) -> Iterator[Letter]:
    place = {name: run[0][name] for name in ("topic", "partition")}
    wanted = {entry["offset"] for entry in run}
    for letter in quarantine.letters(connection, run[0]["intake"], run[0]["offset"], run[-1]["offset"] + 1):
        if letter["offset"] in wanted:
            yield {**letter, **place}


def send_again(endpoints: Endpoints, way: Sender, letters: Sequence[Letter]) -> int:
    """At least once, in this order; a crash between 2 and 3 sends them again, and the hub knows duplicates."""
    require(endpoints.kafka, {letter["topic"] for letter in letters})
    # 1. Send key, value and headers as they came, with one header more that says where they came from.
    for topic, same in groupby(letters, key=lambda letter: str(letter["topic"])):
        some = list(same)
        headers = [[*unpack_headers(letter["headers"]), (citation.REQUEUED_FROM, _origin(letter))] for letter in some]
        way.send(topic, [letter["key"] for letter in some], [letter["value"] for letter in some], headers)
    # 2. Wait until every broker in charge has them.
    way.finish()
    # 3. Only then mark them: a record that is marked was sent.
    with writing(endpoints) as connection:
        coordinates = [(letter["topic"], letter["partition"], letter["offset"]) for letter in letters]
        quarantine.mark(connection, coordinates, "requeued")
    return len(letters)


def _origin(letter: Letter) -> bytes:
    return citation.written(letter["topic"], letter["partition"], letter["offset"])


def require(kafka: Cluster, names: set[str]) -> None:
    """Raise CommandError if one of the topics is gone: sending to it would only wait."""
    with admin(kafka) as client:
        gone = sorted(names - set(client.list_topics()))
    if gone:
        raise CommandError(
            text(
                f"Kafka 中已没有主题 {', '.join(gone)}，无法重新入列。请先恢复：huiliu publisher add",
                f"Kafka no longer has {', '.join(gone)}: nothing can be sent there. Restore it: huiliu publisher add",
            )
        )


@app.command("times", help=text("更正用时：中位数与九成", "time to correct: median and p90, by publisher and kind"))
def times(publisher: Publisher = None, as_json: AsJson = False) -> None:
    """From rejection to the record that closed it; a matter with all its attempts counts once."""
    division = None if publisher is None else arguments.division(publisher)
    with reading(resolve(Settings.from_environment())) as connection:
        found = corrections.times(connection, division)
    if as_json:
        typer.echo(json.dumps({"times": found}, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(text("报送单位", "publisher"))
    table.add_column(text("类别", "kind"))
    for words in (("待处理", "open"), ("等待登记", "waiting"), ("重新入列", "requeued"), ("已更正", "corrected"),
                  ("中位数 时", "median h"), ("九成 时", "p90 h")):  # fmt: skip
        table.add_column(text(*words), justify="right")
    for row in found:
        counts = (f"{row[name]:,}" for name in ("open", "waiting", "requeued", "corrected"))
        hours = ("-" if row[name] is None else f"{row[name] / 3600:,.2f}" for name in ("median_seconds", "p90_seconds"))
        table.add_row(arguments.spoken(row["publisher"]), row["kind"], *counts, *hours)
    Console(highlight=False).print(table)
