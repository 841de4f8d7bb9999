"""huiliu publish: send a file as a publisher would, say what arrived where, and report what became of it."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import answers, arguments, findings
from commands.arguments import AsJson, Mapped, ReportFile, SentFile, SheetName
from commands.errors import CommandError
from commands.main import NOT_SO
from commands.producing import Place, Run, exists, sender
from commands.waits import shown
from commands.warehouse import writing
from deploy.endpoints import Endpoints, resolve
from gateways.files import answered
from gateways.files import report as reports
from gateways.files.errors import FileRefused
from gateways.files.finding import finding_of
from gateways.files.json_lines import LineFault
from gateways.files.report import Totals
from gateways.files.source import Portion, Reading, Source, opened, seekable
from huiliu.division import DivisionCode
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import language, text
from huiliu.settings import Settings
from schemas import event_json
from schemas.topics import Intake, intake_topic
from sinks import submissions
from sinks.errors import WarehouseError
from sinks.submissions import Range, Submission, new_id
from validators import wording

TOLD = 20  # faults shown to a person; a program gets all


def publish(
    file: SentFile,
    kind: Annotated[str, typer.Option("--kind", help=text("事项类别", "the kind of all events in it"))],
    division: Annotated[str, typer.Option("--as", help=text("报送单位的区划代码", "division code of the publisher"))],
    strict: Annotated[
        bool, typer.Option("--strict", help=text("有一行不合格就一条不发", "send nothing if any line is refused"))
    ] = False,
    mapped: Mapped = None,
    sheet: SheetName = None,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Lines that cannot be encoded are told and not sent; exit code 3 if there are any."""
    settings = Settings.from_environment()
    to = Intake(arguments.division(division), arguments.kind(kind))
    kafka = settings.cluster or resolve(settings).kafka
    if report is not None:
        reports.require_format(report)
    require(kafka, to)
    started = time.monotonic()
    account = Account(to, out=sys.stdout if as_json else None)
    way = Reading(
        kind=to.kind, division=to.division, mapping=mapped or (), sheet=sheet, record_bytes=settings.record_bytes
    )
    with arguments.opened(file) as given, _whole(given, twice=strict or report is not None) as whole:
        if strict:
            with opened(whole, str(file), way, arguments.size(file)) as source:
                examine(source, account)
            whole.seek(0)
        if not account.refused:
            endpoints = None if report is None else resolve(settings)
            through(whole, str(file), way, account, kafka, endpoints, report)
            account.submission = remembered(settings, whole, file.name, account)
    seconds = round(time.monotonic() - started, 3)
    if as_json:
        typer.echo(json.dumps({**account.summary(), "seconds": seconds}, ensure_ascii=False))
    else:
        show(account, seconds)
    if account.refused:
        raise typer.Exit(NOT_SO)


@dataclass
class Account:
    """What became of a file's lines. Faults are written to ``out`` as they come, or the first of them kept."""

    to: Intake
    out: Any = None
    lines: int = 0
    blank: int = 0
    refused: int = 0
    faults: list[LineFault] = field(default_factory=list)
    meant: str | None = None  #: the kind that the lines seem to be of
    told: list[str] = field(default_factory=list)  #: what is to be said of the file as a whole
    verdicts: Totals | None = None  #: of the hub, where a report was wanted
    ranges: tuple[Range, ...] = ()  #: where its records are
    submission: uuid.UUID | None = None  #: its number in the history of submissions, where there is one
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)

    def note(self, source: Source, portion: Portion) -> None:
        """Lines that cannot be records, each counted once, however much is wrong with it."""
        self.told, faults = findings.of_source(source), portion.records.faults
        numbers = {fault.line for fault in faults}
        if numbers and not self.refused:
            self.meant = source.meant(next(row for row in portion.rows if row.number in numbers))
        self.refused += len(numbers)
        if self.out is None:
            self.faults += faults[: TOLD - len(self.faults)]
            return
        for fault in faults:
            self.out.write(json.dumps(fault._asdict(), ensure_ascii=False) + "\n")

    def summary(self) -> dict[str, Any]:
        """All of it as JSON, without the faults."""
        return {
            "topic": intake_topic(*self.to),
            "kind": self.to.kind,
            "division": self.to.division,
            "lines": self.lines,
            "blank": self.blank,
            "sent": sum(run.records for run in self.runs.values()),
            "refused": self.refused,
            "kind_meant": self.meant,
            "notes": self.told,
            "submission": None if self.submission is None else str(self.submission),
            "verdicts": None if self.verdicts is None else dict(self.verdicts.verdicts),
            "partitions": [asdict(self.runs[place]) for place in sorted(self.runs)],
        }


def require(kafka: Cluster, to: Intake) -> None:
    """Raise CommandError if the publisher's topic does not exist: nobody has registered it for this kind."""
    topic = intake_topic(*to)
    if not exists(kafka, topic):
        mend = f"huiliu publisher add {to.division} --kinds {to.kind}"
        raise CommandError(
            text(
                f"Kafka 中没有主题 {topic}：{to.division} 未登记报送 {to.kind}。请先登记：{mend}",
                f"Kafka has no topic {topic}: {to.division} is not registered for {to.kind}. Register it: {mend}",
            )
        )


def _whole(given: BinaryIO, *, twice: bool) -> AbstractContextManager[BinaryIO]:
    """The source, such that it can be read twice if it has to be."""
    return seekable(given) if twice else nullcontext(given)


def through(
    whole: BinaryIO,
    name: str,
    way: Reading,
    account: Account,
    kafka: Cluster,
    endpoints: Endpoints | None,
    report: Path | None,
) -> None:
    """Send a file and, where a report is wanted, wait for the verdicts and write it. Raises FileRefused, Unavailable.

    A file that is to be reported can be read twice.
    """
    size = whole.seek(0, os.SEEK_END) if whole.seekable() else 0
    if whole.seekable():
        whole.seek(0)
    with opened(whole, name, way, size) as source:
        places = send(source, kafka, account, keep=report is not None)
    if report is not None and endpoints is not None:
        whole.seek(0)
        with opened(whole, name, way, size) as source:
            account.verdicts = answer(source, Path(name), report, endpoints, account, places)


def remembered(settings: Settings, whole: BinaryIO, name: str, account: Account) -> uuid.UUID | None:
    """Enter the file into the history of submissions, where a warehouse is at hand; its id there.

    A publisher's own machine has none: then the history begins with the records, as for any Kafka client.
    """
    try:
        endpoints = resolve(settings)
    except Unavailable:
        return None
    if not whole.seekable():
        return None
    whole.seek(0)
    digest = hashlib.file_digest(whole, "sha256").digest()  # type: ignore[arg-type]
    done = Submission(
        id=new_id(),
        publisher=DivisionCode(account.to.division),
        channel="file",
        kind=account.to.kind,
        content_sha256=digest,
        records=sum(run.records for run in account.runs.values()),
        refused=account.refused,
        ranges=account.ranges,
        name=name,
    )
    with writing(endpoints) as connection:
        submissions.add(connection, [done])
    return done.id


@dataclass
class Delivery:
    """Delivers dropped files one after the other; True where every row of one is in.

    Raises FileRefused for a file or publisher at fault, Unavailable while Kafka or the warehouse is away.
    """

    settings: Settings
    mapped: tuple[str, ...] = ()

    def __call__(self, path: Path, to: Intake, name: str, report: Path) -> bool:
        """See gateways.files.watched."""
        endpoints = resolve(self.settings)
        try:
            require(endpoints.kafka, to)
        except CommandError as unregistered:
            raise FileRefused(str(unregistered)) from unregistered
        account = Account(to)
        way = Reading(kind=to.kind, division=to.division, mapping=self.mapped, record_bytes=self.settings.record_bytes)
        try:
            with path.open("rb") as whole:
                through(whole, name, way, account, endpoints.kafka, endpoints, report)
                account.submission = remembered(self.settings, whole, name, account)
        except WarehouseError as away:
            raise Unavailable(str(away)) from away
        verdicts = account.verdicts.verdicts if account.verdicts is not None else Counter[str]()
        return not (verdicts["refused"] or verdicts["quarantined"] or verdicts["unknown"])


def examine(source: Source, account: Account) -> None:
    """Try every row and send none; the account says what would be refused."""
    with shown(quiet=account.out is not None and sys.stdout.isatty()) as progress:
        label = text("检查", "examining")
        for portion in source:
            account.note(source, portion)
            progress("examine", label, min(source.done, source.total - 1), source.total)
        progress("examine", label, 1, 1)
        account.lines, account.blank = source.rows, source.blank


def send(source: Source, kafka: Cluster, account: Account, *, keep: bool) -> dict[int, Place]:
    """Send every row that can be a record; the account says what arrived. Raises Unavailable.

    Where each row arrived, by its number, if that is to be kept; otherwise nothing.
    """
    topic, numbers = intake_topic(*account.to), list[int]()
    label = text(f"报送 {topic}", f"publishing to {topic}")
    with shown(quiet=account.out is not None and sys.stdout.isatty()) as progress, sender(kafka) as way:
        account.runs = way.runs
        way.places = [] if keep else None
        for portion in source:
            account.note(source, portion)
            way.send(topic, portion.records.keys, portion.records.values)
            numbers += portion.records.numbers if keep else ()
            progress("publish", label, min(source.done, source.total - 1), source.total)
        way.finish()
        progress("publish", label, 1, 1)
        account.lines, account.blank = source.rows, source.blank
        account.ranges = submissions.ranges((topic, *place) for place in way.places) if way.places else _spans(way.runs)
    return dict(zip(numbers, way.places or (), strict=True))


def _spans(runs: Mapping[tuple[str, int], Run]) -> tuple[Range, ...]:
    """From the first to the last offset of each partition; others may have sent between them."""
    return tuple(Range(run.topic, run.partition, run.first_offset, run.last_offset) for run in runs.values())


def answer(
    source: Source, file: Path, report: Path, endpoints: Endpoints, account: Account, places: dict[int, Place]
) -> Totals:
    """Wait for the ledger and write the report, row by row; the control totals. Raises Unavailable, FileRefused."""
    topic, totals = intake_topic(*account.to), Totals()
    with shown(quiet=account.out is not None and sys.stdout.isatty()) as progress:
        told = answers.wait(endpoints, topic, places.values(), progress)
    about: dict[str, Any] = {
        "文件 file": file.name,
        "主题 topic": topic,
        "文件行数 rows in file": account.lines,
        "空行 blank rows": account.blank,
        "送达 sent": len(places),
    }
    with reports.writing(report, source.headings, about, totals) as sink:
        for portion in source:
            for judged in answered.judged(portion.rows, portion.records.faults, places, told):
                totals.note(judged)
                sink.write(judged)
    return totals


def show(account: Account, seconds: float) -> None:
    """The account for a person: what arrived where, and what was not sent and why."""
    console, told = Console(highlight=False), account.summary()
    console.print(
        text(
            f"{told['topic']}：{told['lines']} 行，送达 {told['sent']} 条，不合格 {told['refused']} 行，{seconds} 秒",
            f"{told['topic']}: {told['lines']} lines, {told['sent']} sent, {told['refused']} refused, {seconds} s",
        )
    )
    if account.runs:
        table = Table(box=None, pad_edge=False)
        for heading in (
            ("分区", "partition"),
            ("首偏移", "first offset"),
            ("末偏移", "last offset"),
            ("条数", "records"),
        ):
            table.add_column(text(*heading), justify="right")
        for run in told["partitions"]:
            table.add_row(*(str(value) for name, value in run.items() if name != "topic"))
        console.print(table)
    for note in account.told:
        console.print(escape(note), style="dim")
    for fault in account.faults:
        console.print(escape(worded(fault)), style="red")
    if account.verdicts is not None:
        _show_verdicts(console, account.verdicts)
    if account.refused:
        _show_mending(console, account)


def _show_verdicts(console: Console, totals: Totals) -> None:
    """Rows of the file = the sum of what became of them."""
    parts = [(reports.VERDICTS.get(name, name), name, count) for name, count in totals.verdicts.items()]
    console.print(
        text(
            f"回执：{totals.rows} 行 = " + " + ".join(f"{zh} {count}" for zh, _, count in parts),
            f"receipts: {totals.rows} rows = " + " + ".join(f"{en} {count}" for _, en, count in parts),
        )
    )


def _show_mending(console: Console, account: Account) -> None:
    more = account.refused - len({fault.line for fault in account.faults})
    if more > 0:
        console.print(text(f"……另有 {more} 行，全部见 --json", f"… and {more} lines more; all of them with --json"))
    if account.meant:
        console.print(
            text(
                f"这些行像是 {account.meant}：--kind {account.meant}",
                f"These look like {account.meant}: --kind {account.meant}",
            )
        )
    check = f"huiliu check … --kind {account.to.kind}"
    console.print(text(f"改正后可先离线校验：{check}", f"Mend them and try offline first: {check}"))


def worded(fault: LineFault) -> str:
    """A line's fault in one sentence."""
    place = f"（{fault.place}）" if fault.place else ""
    where_zh = f"第 {fault.line} 行" + (f" {fault.field}" if fault.field else "") + place
    where_en = f"line {fault.line}" + (f", {fault.field}" if fault.field else "") + place
    if fault.code != event_json.JSON:
        told = finding_of(fault)
        said, mend = wording.render(told, language()), wording.mend(told, language())
        return text(f"{where_zh}：{fault.code} {said}。{mend}", f"{where_en}: {fault.code} {said}. {mend}")
    value_zh = "缺失或为空" if fault.value is None else f"“{fault.value}” 不合格"
    value_en = "missing or null" if fault.value is None else f"“{fault.value}” does not fit"
    return text(f"{where_zh}：{value_zh}，应为 {fault.allowed}", f"{where_en}: {value_en}; expected {fault.allowed}")
