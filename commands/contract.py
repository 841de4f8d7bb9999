"""huiliu contract: what events consist of, and whether a changed contract still reads what was written before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.main import NOT_SO
from huiliu.language import text
from schemas import compatibility
from schemas.compatibility import Incompatibility
from schemas.contract import KINDS, Contract, contract, versions
from schemas.errors import ContractError
from schemas.field import REQUIRED, Field, fields

app = arguments.group()

CLASSIFICATIONS = {"public": "公开", "internal": "内部", "personal": "个人信息", "confidential": "保密"}


CADENCES = {
    "hourly": "每小时",
    "daily": "每日",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季度",
    "yearly": "每年",
    "on change": "变更时",
    "as the obligation it answers": "随所答复的责任",
    "as directives ask": "按督办单要求",
}


def cadence(word: str) -> str:
    """How often, in the reader's language."""
    return text(CADENCES.get(word, word), word)


@app.command("list", help=text("列出数据契约", "list the contracts"))
def list_contracts(as_json: AsJson = False) -> None:
    """Every version of every kind, with its schema id."""
    found = [version for kind in KINDS for version in versions(kind)]
    if as_json:
        typer.echo(json.dumps({"contracts": [summary(each) for each in found]}, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    for heading in (("事项", "kind"), ("版本", "version"), ("模式号", "id"), ("主管", "owner")):
        table.add_column(text(*heading), no_wrap=True)
    table.add_column(text("频次", "cadence"), overflow="fold", max_width=14)
    table.add_column(text("主键", "key"), overflow="fold")
    for each in found:
        told = (each.kind, str(each.version), str(each.schema_id), each.owner, cadence(each.cadence))
        table.add_row(*map(escape, (*told, ", ".join(each.key))))
    Console(highlight=False).print(table)


@app.command("show", help=text("一类事项的字段，或其 Avro 模式", "the fields of a kind, or its Avro schema"))
def show_contract(
    kind: Annotated[str, typer.Argument(help=text("事项类别", "a kind"))],
    version: Annotated[int | None, typer.Option(help=text("版本，默认最新", "version; else the newest"))] = None,
    avro: Annotated[bool, typer.Option("--avro", help=text("原样输出 Avro 模式", "the Avro schema as it is"))] = False,
    as_json: AsJson = False,
) -> None:
    """A contract's fields with type, unit, code list and classification."""
    of = contract(arguments.kind(kind), version)
    if avro:
        typer.echo(json.dumps(of.schema, ensure_ascii=False, indent=1))
    elif as_json:
        typer.echo(json.dumps({**summary(of), "schema": of.schema}, ensure_ascii=False))
    else:
        show(of)


def show(of: Contract) -> None:
    """The contract as a table."""
    console = Console(highlight=False)
    console.print(f"{of.kind} v{of.version}  {escape(meaning(of.schema))}")
    head = f"0x00 {of.schema_id.to_bytes(4, 'big').hex()}"
    console.print(
        text(
            f"主管 {of.owner}；频次 {cadence(of.cadence)}；主键 {'、'.join(of.key)}；每条以 {head} 开头，其后为 Avro",
            f"owner {of.owner}; cadence {of.cadence}; key {', '.join(of.key)}; a record begins with {head}, then Avro",
        )
    )
    table = Table(box=None, pad_edge=False)
    for heading in (("字段", "field"), ("类型", "type"), ("可空", "null"), ("单位", "unit"), ("代码表", "codes")):
        table.add_column(text(*heading), no_wrap=True)
    table.add_column(text("级别", "class"), no_wrap=True)
    table.add_column(text("含义", "meaning"), overflow="fold")
    for field in of.fields:
        _add(table, field, "")
        for item in field.items:
            _add(table, item, "  ")
    console.print(table)


def _add(table: Table, field: Field, indent: str) -> None:
    null = text("是", "yes") if field.null is not None else ""
    level = text(CLASSIFICATIONS.get(field.classification, field.classification), field.classification)
    shown = text(field.zh, field.en) + (f" [{' | '.join(field.symbols)}]" if field.symbols else "")
    table.add_row(
        indent + field.name,
        field.logical or field.type,
        null,
        field.unit or "",
        field.codes or "",
        level,
        escape(shown),
    )


def meaning(schema: Mapping[str, Any]) -> str:
    """What a schema is about, in the reader's language."""
    zh, _, en = str(schema.get("doc", "")).partition(" | ")
    return text(zh, en or zh)


def summary(of: Contract) -> dict[str, Any]:
    """A contract as JSON, without its schema."""
    return {
        "kind": of.kind,
        "version": of.version,
        "schema_id": of.schema_id,
        "owner": of.owner,
        "cadence": of.cadence,
        "key": list(of.key),
        "fields": [field.name for field in of.fields],
        "required": [field.name for field in of.fields if field.default is REQUIRED],
    }


@app.command("check", help=text("兼容性检查：新版必须读得出旧版所写", "compatibility: new versions must read old data"))
def check_contracts(
    path: Annotated[
        Path | None,
        typer.Argument(
            help=text("待评审的 .avsc 文件或目录；省略则检查已发布的", "an .avsc file or folder; else the shipped")
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Exit code 3 when something written before could no longer be read."""
    found = compatibility.check_all() if path is None else check_proposals(path)
    if as_json:
        differences = [{"path": i.path, "old": i.old, "new": i.new, "allowed": i.allowed} for i in found]
        typer.echo(json.dumps({"compatible": not found, "incompatibilities": differences}, ensure_ascii=False))
    else:
        for incompatibility in found:
            typer.echo(str(incompatibility))
        good = text("兼容（BACKWARD_TRANSITIVE）", "compatible (BACKWARD_TRANSITIVE)")
        typer.echo(text(f"不兼容 {len(found)} 处", f"{len(found)} incompatibilities") if found else good)
    if found:
        raise typer.Exit(NOT_SO)


def check_proposals(path: Path) -> list[Incompatibility]:
    """Proposed contracts, a file or all ``.avsc`` below a folder, against the shipped versions and each other."""
    files = sorted(path.rglob("*.avsc")) if path.is_dir() else [path]
    if not files:
        raise CommandError(text(f"{path} 中没有 .avsc 文件", f"There is no .avsc file in {path}"))
    proposed = [(file, proposal(file)) for file in files]
    found: list[Incompatibility] = []
    for file, schema in proposed:
        kind, version = str(schema["kind"]), int(schema["version"])
        others = [(each.version, each.schema) for each in versions(kind)] if kind in KINDS else []
        others += [
            (int(other["version"]), other) for _, other in proposed if other["kind"] == kind and other is not schema
        ]
        for number, older in others:
            found += _against(file, schema, version, number, older)
    return found


def _against(
    file: Path, schema: Mapping[str, Any], version: int, number: int, older: Mapping[str, Any]
) -> list[Incompatibility]:
    kind = schema["kind"]
    if number == version and older != schema:
        allowed = text(
            f"版本已发布不再改动，请用 {version + 1}", f"a published version stays as it is: use {version + 1}"
        )
        return [Incompatibility(f"{file}: {kind} v{version}", f"v{version}", "v" + str(version) + " ≠", allowed)]
    if number >= version:
        return []
    return [
        Incompatibility(f"{file}: {kind} v{number}→v{version}: {each.path}", each.old, each.new, each.allowed)
        for each in compatibility.check(older, schema)
    ]


def proposal(file: Path) -> dict[str, Any]:
    """A proposed contract. Raises CommandError for what is no contract at all."""
    try:
        schema = json.loads(file.read_text("utf-8"))
    except OSError as fault:
        raise CommandError(text(f"无法读取 {file}：{fault}", f"{file} cannot be read: {fault.strerror}")) from fault
    except ValueError as fault:
        raise CommandError(text(f"{file} 不是 JSON：{fault}", f"{file} is not JSON: {fault}")) from fault
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise _not_contract(file, "type", "record")
    wanted = {"name": str, "kind": str, "version": int, "key": list, "owner": str, "cadence": str, "fields": list}
    for name, sort in wanted.items():
        if not isinstance(schema.get(name), sort):
            raise _not_contract(file, name, sort.__name__)
    _parse(file, schema)
    return schema


def _parse(file: Path, schema: dict[str, Any]) -> None:
    """By Avro's rules, then by ours: contracts use a part of Avro only, and their key is among their fields."""
    import fastavro

    try:
        fastavro.parse_schema(schema)
        names = {field.name for field in fields(schema)}
    except ContractError as fault:
        raise CommandError(f"{file}: {fault}") from fault
    except Exception as fault:  # what a broken schema makes of a parser is its own business
        raise CommandError(text(f"{file} 不是 Avro 模式：{fault!r}", f"{file} is no Avro schema: {fault!r}")) from fault
    unknown = [name for name in schema["key"] if name not in names]
    if unknown:
        raise _not_contract(file, f"key: {unknown[0]}", ", ".join(sorted(names)))


def _not_contract(file: Path, name: str, wanted: str) -> CommandError:
    return CommandError(
        text(f"{file} 不是数据契约：{name} 应为 {wanted}", f"{file} is no contract: {name} should be {wanted}")
    )
