"""huiliu quarantine export and resubmit: rejected records as lines to edit, and the edited lines as corrections.

A line is the event as JSON with two names more: ``huiliu.corrects``, the coordinates of the rejected record
(``topic/partition/offset``), and ``huiliu.findings``, what was found, for whoever edits it. Names that begin with
``huiliu.`` are no part of the event: ``huiliu check`` and ``huiliu publish`` pass them over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
from rich.console import Console

from commands import arguments
from commands.arguments import AsJson
from commands.main import NOT_SO
from commands.producing import sender
from commands.waits import shown
from commands.warehouse import reading
from deploy.endpoints import resolve
from gateways.files.json_lines import Line, Reader, encoded
from huiliu.language import language, text
from huiliu.settings import Settings
from schemas import citation, event_json, topics
from schemas.citation import Citation
from sinks import quarantine
from sinks.warehouse import Connection
from validators import catalogue, wording

CITES: Final = "huiliu.corrects"
FINDINGS: Final = "huiliu.findings"
#: In the place of the event, where the bytes hold none: they are shown, and the event has to be written.
BYTES: Final = "huiliu.value_hex"

_PAGE: Final = 500
_SHOWN: Final = 20


def export(
    publisher: Annotated[
        str | None, typer.Option("--publisher", help=text("报送单位区划代码", "division of the publisher"))
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help=text("事项类别", "kind"))] = None,
    code: Annotated[str | None, typer.Option("--code", help=text("规则代码", "a rule's code"))] = None,
    out: Annotated[
        Path, typer.Option("--out", help=text("文件；- 为标准输出", "file; - writes standard output"))
    ] = Path("-"),
) -> None:
    """All open ones, one JSON object a line: edit them, try them with huiliu check, send them with resubmit."""
    chosen = {
        "publisher": None if publisher is None else arguments.division(publisher),
        "kind": None if kind is None else arguments.kind(kind),
        "code": None if code is None else code.upper(),
    }
    written = 0
    with reading(resolve(Settings.from_environment())) as connection, arguments.written(out) as sink:
        for line in _exported(connection, chosen):
            sink.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            written += 1
    told = text(f"{written} 条 → {out}。改好后：huiliu quarantine resubmit {out}",
                f"{written} records → {out}. Once mended: huiliu quarantine resubmit {out}")  # fmt: skip
    Console(stderr=True, highlight=False, soft_wrap=True).print(told)


def _exported(connection: Connection, chosen: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    after: tuple[int, int] | None = None
    while page := quarantine.entries(connection, **chosen, status="open", limit=_PAGE, after=after):
        after = (page[-1]["intake"], page[-1]["offset"])
        for entry in page:
            letter = quarantine.entry(connection, entry["topic"], entry["partition"], entry["offset"])
            if letter is not None:
                yield _line(letter)


def _line(letter: Mapping[str, Any]) -> dict[str, Any]:
    event = event_json.of_value(letter["kind"], letter["value"])
    place = citation.written(letter["topic"], letter["partition"], letter["offset"]).decode()
    told = [_sentence(finding) for finding in letter["findings"]]
    body = event if event is not None else {BYTES: (letter["value"] or b"").hex()}
    return {CITES: place, FINDINGS: told, **body}


def _sentence(finding: Mapping[str, Any]) -> str:
    if finding["code"] not in catalogue.RULES:
        return str(finding["code"])
    return f"{finding['code']} {wording.render(finding, language())} → {wording.mend(finding, language())}"


class Fault(NamedTuple):
    """Why a line is not sent."""

    line: int
    told: str


@dataclass
class Corrections:
    """Lines that became records, by topic, and those that did not."""

    sent: int = 0
    faults: list[Fault] = field(default_factory=list)


def resubmit(
    file: Annotated[
        Path,
        typer.Argument(help=text("export 写出并改好的文件；- 为标准输入", "what export wrote, mended; - reads input")),
    ],
    as_json: AsJson = False,
) -> None:
    """Each line goes to the topic of the record that it corrects, citing it; exit code 3 if a line was not sent."""
    settings, account = Settings.from_environment(), Corrections()
    endpoints = resolve(settings)
    with (
        arguments.opened(file) as source,
        shown(quiet=as_json) as progress,
        reading(endpoints) as connection,
        sender(endpoints.kafka) as way,
    ):
        label = text("报送更正", "sending corrections")
        for lines in Reader(source, str(file)):
            for topic, some in _by_topic(connection, lines, account).items():
                ready = _records(topic, some, settings.record_bytes, account)
                headers = [[(citation.CORRECTS, citation.written(*one[0]))] for one in ready]
                way.send(topic, [key for _, key, _ in ready], [value for *_, value in ready], headers)
                account.sent += len(ready)
            progress("resubmit", f"{label} {account.sent}")
        way.finish()
        progress("resubmit", f"{label} {account.sent}", 1, 1)
    _tell(account, as_json)
    if account.faults:
        raise typer.Exit(NOT_SO)


class Cited(NamedTuple):
    """A line with what it corrects; the line's own names are taken out of its content."""

    place: Citation
    line: Line


def _by_topic(connection: Connection, lines: Sequence[Line], account: Corrections) -> dict[str, list[Cited]]:
    found: dict[str, list[Cited]] = {}
    for line in lines:
        cited = _cited(connection, line)
        if isinstance(cited, str):
            account.faults.append(Fault(line.number, cited))
        else:
            found.setdefault(cited.place.topic, []).append(cited)
    return found


def _cited(connection: Connection, line: Line) -> Cited | str:
    """What a line corrects; else why it cannot be sent."""
    try:
        told = json.loads(line.content)
    except (ValueError, RecursionError) as fault:
        return text(f"不是 JSON：{fault}", f"not JSON: {fault}")
    if not isinstance(told, dict) or not isinstance(told.get(CITES), str):
        mend = "huiliu publish"
        return text(
            f"没有 {CITES}（被更正记录的坐标）；新的报送用 {mend}", f"has no {CITES}; what is new goes with {mend}"
        )
    place = citation.parsed(told[CITES].encode())
    entry = None if place == citation.NOWHERE else quarantine.entry(connection, *place)
    if entry is None or topics.parse_intake(place.topic) is None:
        return text(f"隔离区中没有 {told[CITES]}", f"{told[CITES]} is not in quarantine")
    if entry["status"] == "corrected":
        return text(f"{told[CITES]} 已更正", f"{told[CITES]} is corrected already")
    if BYTES in told:
        return text(f"请把 {BYTES} 换成事项的各字段", f"write the event's fields in the place of {BYTES}")
    return Cited(place, line)


def _records(
    topic: str, some: Sequence[Cited], record_bytes: int, account: Corrections
) -> list[tuple[Citation, bytes, bytes]]:
    """Lines as records: what each cites, its key, its value."""
    parsed = topics.parse_intake(topic)
    assert parsed is not None  # noqa: S101 (looked at with each line)
    lines = encoded(parsed.kind, [one.line for one in some], record_bytes)
    account.faults += [
        Fault(fault.line, text(f"{fault.field or ''} {fault.value}，应为 {fault.allowed}",
                               f"{fault.field or ''} {fault.value}, expected {fault.allowed}").strip())
        for fault in lines.faults
    ]  # fmt: skip
    places = {one.line.number: one.place for one in some}
    return [
        (places[number], key, value) for number, key, value in zip(lines.numbers, lines.keys, lines.values, strict=True)
    ]


def _tell(account: Corrections, as_json: bool) -> None:
    if as_json:
        faults = [fault._asdict() for fault in account.faults]
        typer.echo(json.dumps({"sent": account.sent, "faults": faults}, ensure_ascii=False))
        return
    out = Console(highlight=False, soft_wrap=True, markup=False)
    for fault in sorted(account.faults)[:_SHOWN]:
        out.print(text(f"第 {fault.line} 行：{fault.told}", f"line {fault.line}: {fault.told}"), style="red")
    out.print(
        text(
            f"已报送 {account.sent} 条更正，{len(account.faults)} 行未报送。结果：huiliu quarantine list --status all",
            f"{account.sent} corrections sent, {len(account.faults)} lines not. "
            "What became of them: huiliu quarantine list --status all",
        )
    )
