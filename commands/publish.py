"""huiliu publish: send a file of JSON lines as a publisher would, and say what arrived where."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.json_lines import Line, LineFault, Reader, encoded, likelier_kind
from commands.main import NOT_SO
from commands.producing import Run, exists, sender
from commands.waits import shown
from deploy.endpoints import resolve
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings
from schemas.topics import Intake, intake_topic

TOLD = 20  # faults shown to a person; a program gets all


def publish(
    file: Annotated[Path, typer.Argument(help=text("JSON 行文件；- 为标准输入", "JSON lines; - reads standard input"))],
    kind: Annotated[str, typer.Option("--kind", help=text("事项类别", "the kind of all events in it"))],
    division: Annotated[str, typer.Option("--as", help=text("报送单位的区划代码", "division code of the publisher"))],
    strict: Annotated[
        bool, typer.Option("--strict", help=text("有一行不合格就一条不发", "send nothing if any line is refused"))
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Lines that cannot be encoded are told and not sent; exit code 3 if there are any."""
    settings = Settings.from_environment()
    to = Intake(arguments.division(division), arguments.kind(kind))
    kafka = settings.cluster or resolve(settings).kafka
    require(kafka, to)
    started = time.monotonic()
    account = Account(to, out=sys.stdout if as_json else None)
    with arguments.opened(file) as given, repeatable(given, needed=strict) as source:
        if strict:
            examine(source, file, settings.record_bytes, account)
            source.seek(0)
        if not account.refused:
            send(source, file, settings.record_bytes, kafka, account)
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
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)

    def note(self, lines: Sequence[Line], faults: Sequence[LineFault]) -> None:
        """Lines that cannot be records, each counted once, however much is wrong with it."""
        numbers = {fault.line for fault in faults}
        if numbers and not self.refused:
            self.meant = likelier_kind(self.to.kind, next(one.content for one in lines if one.number in numbers))
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


@contextmanager
def repeatable(given: BinaryIO, *, needed: bool) -> Iterator[BinaryIO]:
    """The source, such that it can be read twice if that is needed: a pipe is kept in a temporary file."""
    if not needed or given.seekable():
        yield given
        return
    with tempfile.TemporaryFile() as kept:
        shutil.copyfileobj(given, kept)
        kept.seek(0)
        yield kept


def examine(source: BinaryIO, file: Path, record_bytes: int, account: Account) -> None:
    """Try every line and send none; the account says what would be refused."""
    with shown(quiet=account.out is not None and sys.stdout.isatty()) as progress:
        reader, total, label = Reader(source, str(file)), arguments.size(file), text("检查", "examining")
        for lines in reader:
            account.note(lines, encoded(account.to.kind, lines, record_bytes).faults)
            progress("examine", label, min(reader.bytes_read, total - 1), total)
        progress("examine", label, 1, 1)
        account.lines, account.blank = reader.lines - reader.blank, reader.blank


def send(source: BinaryIO, file: Path, record_bytes: int, kafka: Cluster, account: Account) -> None:
    """Send every line that can be a record; the account says what arrived. Raises Unavailable."""
    topic, total = intake_topic(*account.to), arguments.size(file)
    label = text(f"报送 {topic}", f"publishing to {topic}")
    with shown(quiet=account.out is not None and sys.stdout.isatty()) as progress, sender(kafka) as way:
        reader = Reader(source, str(file))
        account.runs = way.runs
        for lines in reader:
            records = encoded(account.to.kind, lines, record_bytes)
            account.note(lines, records.faults)
            way.send(topic, records.keys, records.values)
            progress("publish", label, min(reader.bytes_read, total - 1), total)
        way.finish()
        progress("publish", label, 1, 1)
        account.lines, account.blank = reader.lines - reader.blank, reader.blank


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
    for fault in account.faults:
        console.print(escape(worded(fault)), style="red")
    if account.refused:
        _show_mending(console, account)


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
    where_zh = f"第 {fault.line} 行" + (f" {fault.field}" if fault.field else "")
    where_en = f"line {fault.line}" + (f", {fault.field}" if fault.field else "")
    value_zh = "缺失或为空" if fault.value is None else f"“{fault.value}” 不合格"
    value_en = "missing or null" if fault.value is None else f"“{fault.value}” does not fit"
    return text(f"{where_zh}：{value_zh}，应为 {fault.allowed}", f"{where_en}: {value_en}; expected {fault.allowed}")
