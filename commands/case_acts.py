"""What officials do to a case by hand, each by name and with a reason; and the check of a file against its hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from commands import case_pages
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.main import NOT_SO
from commands.warehouse import reading, writing
from deploy.endpoints import resolve
from huiliu import clock
from huiliu.language import text
from huiliu.settings import Settings
from oversight import rule_files
from oversight.cases.errors import ActRefused
from oversight.cases.keeping import act_kept, case_of

LONGEST: Final = 2_000  #: characters of a reason

Number = Annotated[str, typer.Argument(help=text("督办编号", "case number"))]
By = Annotated[str, typer.Option("--by", help=text("经办人姓名", "name of who does it"))]
Why = Annotated[str, typer.Option("--reason", help=text("理由，将告知责任单位", "why; the division is told"))]
Until = Annotated[
    str | None,
    typer.Option("--until", help=text("新的整改期限，缺省为所申请的日期", "new date; the one asked for by default")),
]


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("return", help=text("退回整改", "return it to be mended"))(return_)
    app.command("extend", help=text("准予延期", "grant more time"))(extend)
    app.command("refuse", help=text("不予延期", "refuse more time"))(refuse)
    app.command("close", help=text("人工销号", "close it by hand"))(close)
    app.command("escalate", help=text("升级督办", "take it a level up"))(escalate)
    app.command("reopen", help=text("重开", "reopen it"))(reopen)
    app.command("evidence", help=text("核对佐证材料的 SHA-256", "check files against the hashes told"))(evidence)


def return_(number: Number, by: By, reason: Why, as_json: AsJson = False) -> None:
    """What was reported does not do."""
    _act(number, "return", by, reason, as_json)


def extend(number: Number, by: By, reason: Why, until: Until = None, as_json: AsJson = False) -> None:
    """Only to a later date."""
    _act(number, "extend", by, reason, as_json, _day(until))


def refuse(number: Number, by: By, reason: Why, as_json: AsJson = False) -> None:
    """The date stays."""
    _act(number, "refuse", by, reason, as_json)


def close(number: Number, by: By, reason: Why, as_json: AsJson = False) -> None:
    """Without fresh facts: huiliu case audit samples these."""
    _act(number, "close", by, reason, as_json)


def escalate(number: Number, by: By, reason: Why, as_json: AsJson = False) -> None:
    """To the city, the province, the leader in charge."""
    _act(number, "escalate", by, reason, as_json)


def reopen(number: Number, by: By, reason: Why, as_json: AsJson = False) -> None:
    """Under its number."""
    _act(number, "reopen", by, reason, as_json)


def evidence(
    number: Number,
    files: Annotated[list[Path], typer.Argument(help=text("收到的文件", "files that were received"))],
    as_json: AsJson = False,
) -> None:
    """Exit code 3 where a file is not what was told, or nothing was told of it."""
    with reading(resolve(Settings.from_environment())) as connection:
        case = case_of(connection, number)
    if case is None:
        raise ActRefused.unknown(number)
    found = [(file, _sha256(file)) for file in files]
    rows = [
        {"file": str(file), "sha256": digest, "told": case.documents.get(file.name)} | {"same": digest == told}
        for file, digest in found
        for told in [case.documents.get(file.name)]
    ]
    if as_json:
        case_pages.print_json({"case": number, "files": rows})
    else:
        case_pages.show_evidence(rows)
    if not all(row["same"] for row in rows):
        raise typer.Exit(NOT_SO)


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as fault:
        raise CommandError(
            text(f"无法读取 {file}：{fault.strerror}", f"{file} cannot be read: {fault.strerror}")
        ) from fault


def _act(number: str, word: str, by: str, reason: str, as_json: bool, until: date | None = None) -> None:
    if len(reason) > LONGEST or len(by) > LONGEST:
        raise CommandError(text(f"最多 {LONGEST} 字", f"At most {LONGEST} characters."))
    settings = Settings.from_environment()
    rules = rule_files.in_use(settings.oversight_rules)
    now = datetime.fromtimestamp(clock.now_ms() / 1000, UTC)
    with writing(resolve(settings)) as connection:
        case = act_kept(connection, number, word, by, reason, now, rules, until)
    if as_json:
        case_pages.print_json(case_pages.state(case))
    else:
        case_pages.show_state(case)


def _day(given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise CommandError(
            text(f"{given!r} 不是日期，应为 2026-12-31", f"{given!r} is not a date such as 2026-12-31")
        ) from None
