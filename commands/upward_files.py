"""huiliu upward export, import, verify: for a higher level without a network path, and to hold both levels together."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.markup import escape

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.lower_hub import cluster_of
from commands.main import NOT_SO
from commands.producing import sender
from commands.warehouse import reading, writing
from deploy.endpoints import Endpoints, resolve
from deploy.topics import ensure
from huiliu import period as periods
from huiliu.clock import now_ms
from huiliu.division import DivisionCode
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings
from schemas import topics
from schemas.contract import KINDS
from schemas.upward_manifest import Manifest
from sinks import control_totals, publishers, upward
from sinks.errors import AnotherWriter
from streams import signing, upward_files, upward_statement

#: What goes up: answers to directives are between a hub and its divisions.
UPWARD: Final = tuple(kind for kind in KINDS if kind != "response")

#: A period counts as over so long after its end: what is being loaded has its place by then.
SETTLED: Final = timedelta(minutes=10)
SHOWN: Final = 20  #: differences that a person is shown

Folder = Annotated[Path, typer.Argument(help=text("导出的目录", "the folder of the export"))]
Key = Annotated[
    str | None,
    typer.Option("--key", help=text("须由此密钥签名（huiliu receipt keys）", "the key that must have signed it")),
]
Lower = Annotated[str, typer.Option("--publisher", help=text("下级枢纽的区划代码", "the lower hub's division code"))]


def join(app: typer.Typer) -> None:
    """Add these commands to the group."""
    app.command(
        "export", help=text("导出本枢纽已入库的事项，交上级导入", "files of what this hub accepted, for the hub above")
    )(export)
    app.command("import", help=text("核验并导入下级的导出", "check a lower hub's export and take it in"))(import_export)
    app.command("totals", help=text("发布汇总声明，供上级核对", "state all rollups, for the hub above to check by"))(
        totals
    )
    app.command(
        "verify", help=text("核对本枢纽的汇总与下级的控制总数", "hold this hub's rollups against a lower hub's")
    )(verify)


def export(
    into: Annotated[
        Path, typer.Option("--into", help=text("写入此目录（须为空或不存在）", "a folder, empty or not there"))
    ],
    period: Annotated[
        str | None,
        typer.Option(
            "--period", help=text("只导出该期间入库的，如 2026-10", "only what was loaded in it, such as 2026-10")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """All accepted events, or those of a period of loading, with the rollups as known at its end as control totals."""
    settings = Settings.from_environment()
    endpoints = resolve(settings)
    signer = signing.ensure(signing.key_file(settings))
    folder = _empty(into)
    first, end = _span(period)
    with reading(endpoints) as connection:
        entries = upward.loaded(connection, UPWARD, first, end or datetime.max.replace(tzinfo=UTC))
        moment = end - timedelta(microseconds=1) if end else None
        rollups = control_totals.totals(connection, settings.province, moment)
        known_to = moment or datetime.fromtimestamp(now_ms() / 1000, UTC)
    files = asyncio.run(upward_files.write(folder, endpoints.kafka, entries))
    manifest = Manifest(
        hub=settings.province, period=period, known_to=known_to.isoformat(), files=tuple(files), rollups=rollups
    )
    sha256 = upward_files.seal(folder, manifest, signer)
    told = {"into": str(folder), "events": sum(len(file.offsets) for file in files), "files": len(files)}
    told |= {"sha256": sha256, "key": signer.key_id}
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    lines = text(
        "已导出 {events} 条事项、{files} 个文件到 {into}\n清单哈希 {sha256}\n签名密钥 {key}",
        "{events} events in {files} files in {into}\nmanifest {sha256}\nsigned by key {key}",
    )
    typer.echo(lines.format(**told))


def import_export(
    folder: Folder,
    publisher: Lower,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """1. Check everything. 2. Send. 3. Note it. Stopped in between, import it again: what comes twice counts once."""
    endpoints, division = resolve(Settings.from_environment()), arguments.division(publisher)
    manifest, sha256, signed = upward_files.opened(folder, division)  # 1.
    _registered(endpoints, division, {file.kind for file in manifest.files})
    with reading(endpoints) as connection:
        before = upward.imports(connection, division)
    _trusted(signed, key, before)
    if any(bytes(one["sha256"]).hex() == sha256 for one in before):
        return _told(manifest, 0, as_json, text("此前已导入，未再发送", "it was imported before; nothing was sent"))
    for _ in upward_files.events(folder, manifest):
        pass  # 1. every container opens, before the first is sent
    sent = 0
    with sender(endpoints.kafka) as way:  # 2.
        for some in upward_files.events(folder, manifest):
            way.send(
                some[0].topic,
                [one.key for one in some],
                [one.value for one in some],
                [one.source.headers for one in some],
            )
            sent += len(some)
        way.finish()
    row = {"sha256": bytes.fromhex(sha256), "division": int(division), "key": signed, "events": sent}
    # Where another writer was first, somebody imported the same at the same time.
    with suppress(AnotherWriter), writing(endpoints) as connection:  # 3.
        upward.imported(connection, row | {"known_to": datetime.fromisoformat(manifest.known_to)})
    return _told(manifest, sent, as_json, text("已导入", "imported"))


def totals(as_json: AsJson = False) -> None:
    """All rollups of this moment, signed, to ``province.rollup``: for a timer, after the night's last reports."""
    settings = Settings.from_environment()
    endpoints = resolve(settings)
    signer = signing.ensure(signing.key_file(settings))
    with reading(endpoints) as connection:
        rollups = control_totals.totals(connection, settings.province)
    known_to = datetime.fromtimestamp(now_ms() / 1000, UTC).isoformat()
    manifest = Manifest(hub=settings.province, period=None, known_to=known_to, files=(), rollups=rollups)
    whole, sha256 = upward_files.signed(manifest, signer)
    parts = upward_statement.parts(whole, sha256)
    ensure(endpoints.kafka, [topics.ROLLUPS], settings.partitions)
    with sender(endpoints.kafka) as way:
        way.send(topics.ROLLUPS, [None] * len(parts), [one.value for one in parts], [one.headers for one in parts])
        way.finish()
    figures = sum(map(len, rollups.values()))
    if as_json:
        typer.echo(json.dumps({"figures": figures, "known_to": known_to, "sha256": sha256, "key": signer.key_id}))
    else:
        typer.echo(text(f"已发布 {figures} 个汇总的声明，哈希 {sha256}", f"{figures} figures stated, hash {sha256}"))


def verify(
    publisher: Lower,
    folder: Annotated[Path | None, typer.Argument(help=text("导出的目录", "the folder of an export"))] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", help=text("下级的 Kafka：取其最近的声明", "the lower hub's Kafka: its last statement")),
    ] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Each rollup of an export, or of the lower hub's last statement, beside this hub's; exit code 3 if any differs.

    Its key is held against that of former imports, or against --key.
    """
    division, endpoints = arguments.division(publisher), resolve(Settings.from_environment())
    if (folder is None) == (source is None):
        raise CommandError(text("给出导出的目录，或 --from，二者之一", "Give the folder of an export, or --from"))
    if folder is not None:
        manifest, _, signed = upward_files.opened(folder, division)
    else:
        manifest, signed = _stated(cluster_of(str(source), endpoints.kafka), division)
    with reading(endpoints) as connection:
        _trusted(signed, key, upward.imports(connection, division))
        here = control_totals.totals(connection, division)
    different = control_totals.differences(here, manifest.rollups)
    figures = sum(len(rows) for rows in manifest.rollups.values())
    if as_json:
        told = {"figures": figures, "known_to": manifest.known_to, "key": signed, "differences": different}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(figures, manifest, different)
    if different:
        raise typer.Exit(NOT_SO)


def _stated(source: Cluster, division: str) -> tuple[Manifest, str]:
    """The lower hub's last statement and who signed it. Raises CommandError, ManifestError."""
    from aiokafka.errors import KafkaError

    try:
        whole = asyncio.run(upward_statement.latest(source))
    except (KafkaError, TimeoutError) as fault:
        told = text("下级的 Kafka（{}）读不到声明：{}", "No statement can be read from the lower hub's Kafka, {}: {}")
        raise CommandError(told.format(source, fault)) from fault
    if whole is None:
        raise CommandError(
            text("下级还没有发布汇总声明。请其执行 huiliu upward totals",
                 "The lower hub has stated no rollups yet. Have it run: huiliu upward totals")
        )  # fmt: skip
    manifest, _, signed = upward_files.checked(whole, division)
    return manifest, signed


def _show(figures: int, manifest: Manifest, different: list[dict[str, Any]]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    equal = text("[green]相符[/]", "[green]equal[/]") if not different else text("[red]不符[/]", "[red]NOT EQUAL[/]")
    told = text("{hub} 截至 {known_to} 的 {figures} 个汇总：", "{figures} figures of {hub} as known at {known_to}: ")
    out.print(told.format(hub=manifest.hub, known_to=manifest.known_to, figures=figures) + equal)
    for one in different[:SHOWN]:
        group = escape(" ".join(str(value) for value in one["group"].values()))
        sides = text("本级 {here}，下级 {there}", "here {here}, below {there}").format(**one)
        out.print(f"  {one['kind']} {group}  {escape(sides)}")
    if len(different) > SHOWN:
        out.print(text(f"另有 {len(different) - SHOWN} 个", f"and {len(different) - SHOWN} more"))
    if different:
        out.print(
            text(
                "下级此后的事项尚未接入，或有事项在本级被拒：huiliu upward status、huiliu quarantine list",
                "Later events are not here yet, or some were rejected: huiliu upward status, huiliu quarantine list",
            )
        )


def _told(manifest: Manifest, sent: int, as_json: bool, word: str) -> None:
    events = sum(len(file.offsets) for file in manifest.files)
    if as_json:
        typer.echo(json.dumps({"events": events, "sent": sent}))
    else:
        typer.echo(f"{word}: " + text(f"{events} 条事项，发送 {sent} 条", f"{events} events, {sent} sent"))


def _empty(given: Path) -> Path:
    """The folder, made if it is not there. Raises CommandError for one that holds something."""
    try:
        given.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(given.iterdir()):
            raise CommandError(text(f"{given} 不是空目录。请另给一个。", f"{given} is not empty. Give another folder."))
    except OSError as fault:
        raise CommandError(text(f"无法写入 {given}：{fault}", f"{given} cannot be written: {fault}")) from fault
    return given


def _span(given: str | None) -> tuple[datetime, datetime | None]:
    """From when to before when what goes out was loaded; without a period all. Raises CommandError, Malformed."""
    if given is None:
        return datetime.min.replace(tzinfo=UTC), None
    of = periods.parse(given)
    first, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (of.start_ms, of.end_ms))
    if end + SETTLED > datetime.fromtimestamp(now_ms() / 1000, UTC):
        raise CommandError(
            text(f"{given} 尚未结束（结束 10 分钟后可导出）。不写 --period 则导出至今全部。",
                 f"{given} is not over yet, or not for 10 minutes. Leave out --period to export all until now.")
        )  # fmt: skip
    return first, end


def _registered(endpoints: Endpoints, division: DivisionCode, kinds: set[str]) -> None:
    """Raise CommandError unless the lower hub is a publisher of these kinds here."""
    with reading(endpoints) as connection:
        known = publishers.find(connection, division)
    if known is None or known.suspended or kinds - set(known.kinds):
        add = f"huiliu publisher add {division} --kinds {','.join(UPWARD)}"
        raise CommandError(text(f"{division} 在本枢纽未登记、已暂停或类别不全。登记：{add}",
                                f"{division} is no publisher of all these kinds. Register it: {add}"))  # fmt: skip


def _trusted(signed: str, wanted: str | None, before: list[dict[str, Any]]) -> None:
    """Raise CommandError where another key has signed than was said, or than before."""
    known = wanted or (before[0]["key"] if before else None)
    if known is not None and known != signed:
        raise CommandError(
            text(f"由密钥 {signed} 签名，应为 {known}。若下级换了密钥，请向其核实后加 --key {signed}",
                 f"Signed by key {signed}, not by {known}. If the lower hub has a new key, add --key {signed}")
        )  # fmt: skip
