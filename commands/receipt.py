"""huiliu receipt: checking receipts without the hub, writing them to a file, and the keys that sign them."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import typer
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from commands.figures import stamp
from commands.main import NOT_SO
from commands.rereading import rereader
from commands.warehouse import reading
from deploy.cluster import admin
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.outcome import Outcome
from huiliu.settings import Settings
from schemas import topics
from schemas.receipt import ALGORITHM
from sinks import receipt_keys
from streams import receipt_pages, signing
from streams.receipt_check import Account, Fault

app = arguments.group()

#: Faults shown to a person, and kept for a program.
_SHOWN: Final = 20
_KEPT: Final = 10_000

#: A receipt of a full batch with an outcome of its own for each offset stays below this.
_LINE_BYTES: Final = 64 << 20

#: A topic of receipts has fewer partitions than this.
_PARTITIONS: Final = 256

_GZIP: Final = b"\x1f\x8b"
_KEY: Final = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@app.command("verify", help=text("核验一个回执文件，不需要汇流", "check a file of receipts, without the hub"))
def verify(
    file: Annotated[
        Path,
        typer.Argument(
            help=text(
                "回执，每行一个（如 kcat 所写）或 /v1/receipts 的答复，可 .gz",
                "receipts, one a line, or as /v1/receipts gives them; or .gz",
            )
        ),
    ],
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help=text("可信的公钥：64 位十六进制，或含公钥的文件", "a trusted public key: hexadecimal, or a file"),
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Outcomes, counts, hashes, chain, signatures; exit code 3 if one is wrong. Needs no broker and no database."""
    account = Account(frozenset(public for given in key or () for public in _public_keys(given)))
    faults: list[Fault] = []
    wrong = 0
    with arguments.opened(file) as raw, _plain(raw) as source:
        for line in receipt_pages.lines(_lines(source, file)):
            found = account.check(line)
            wrong += len(found)
            faults += found[: _KEPT - len(faults)]
    found = account.at_the_end()
    wrong, faults = wrong + len(found), faults + found
    if not account.receipts and not wrong:
        raise CommandError(text(f"{file} 中没有回执", f"{file} holds no receipt"))
    if as_json:
        typer.echo(json.dumps(_described(account, faults, wrong), ensure_ascii=False))
    else:
        _show(account, faults, wrong)
    if wrong:
        raise typer.Exit(NOT_SO)


def _public_keys(given: str) -> list[str]:
    """The keys that a text or a file gives. Raises CommandError where there is none."""
    found = _KEY.findall(given.strip().lower()) if len(given.strip()) == 64 else []
    path = Path(given)
    if not found and path.is_file():
        content = path.read_bytes()[: 1 << 20]
        found = _from_pem(content) or _KEY.findall(content.decode("utf-8", "replace").lower())
    if not found:
        raise CommandError(
            text(
                f"{given} 不是公钥：应为 64 位十六进制，或含有公钥的文件（huiliu receipt keys --json 的输出，或 PEM）",
                f"{given} is no public key: give 64 hexadecimal digits, or a file that holds some"
                " (what huiliu receipt keys --json writes, or PEM)",
            )
        )
    return found


def _from_pem(content: bytes) -> list[str]:
    if b"-----BEGIN PUBLIC KEY-----" not in content:
        return []
    try:
        public = serialization.load_pem_public_key(content)
    except ValueError:
        return []
    return [public.public_bytes_raw().hex()] if isinstance(public, Ed25519PublicKey) else []


@contextmanager
def _plain(raw: BinaryIO) -> Iterator[BinaryIO]:
    """The file, unpacked if it is gzip by its first bytes."""
    buffered: Any = raw if hasattr(raw, "peek") else io.BufferedReader(raw)
    if buffered.peek(2)[:2] != _GZIP:
        yield buffered
        return
    with gzip.open(buffered) as unpacked:
        yield unpacked  # type: ignore[misc]  # GzipFile reads as any binary file


def _lines(source: BinaryIO, file: Path) -> Iterator[bytes]:
    try:
        while line := source.readline(_LINE_BYTES + 1):
            if len(line) > _LINE_BYTES:
                raise CommandError(
                    text(f"{file} 不是回执文件：一行超过 64 MB", f"{file} holds a line above 64 MB: no receipts")
                )
            yield line
    except (OSError, EOFError) as fault:
        raise CommandError(
            text(f"{file} 无法读到末尾：{fault}", f"{file} cannot be read to its end: {fault}")
        ) from fault


def _described(account: Account, faults: list[Fault], wrong: int) -> dict[str, Any]:
    return {
        "ok": not wrong,
        "receipts": account.receipts,
        "repeated": account.repeated,
        "partitions": [
            {"topic": topic, "partition": partition, "first_offset": head.first, "next_offset": head.next_offset,
             "hash": head.hash}
            for (topic, partition), head in sorted(account.heads.items())
        ],
        "outcomes": dict(account.outcomes),
        "signed_by": dict(account.signed_by),
        "unsigned": account.unsigned,
        "unsigned_not_covered": account.unsigned_at_the_end,
        "keys_given": len(account.trusted),
        "wrong": wrong,
        "faults": [fault._asdict() for fault in faults],
    }  # fmt: skip


def _show(account: Account, faults: list[Fault], wrong: int) -> None:
    out = Console(highlight=False, soft_wrap=True, markup=False)
    for fault in faults[:_SHOWN]:
        where = text(f"第 {fault.line} 行", f"line {fault.line}")
        out.print(f"{where}  {fault.receipt}  {fault.code}  {fault.told}", style="red")
    if wrong > _SHOWN:
        out.print(text(f"……共 {wrong} 处，全部：--json", f"… {wrong} in all; see --json"))
    for (topic, partition), head in sorted(account.heads.items()):
        told = f"{topic} {partition}  {head.first}–{head.next_offset - 1}  {head.hash[:16]}…"
        out.print(
            told + ("" if head.first == 0 else text("（此前的不在文件中）", " (what was before is not in the file)"))
        )
    counts = ", ".join(
        f"{outcome.title} {account.outcomes[outcome.name.lower()]:,}"
        for outcome in Outcome
        if account.outcomes[outcome.name.lower()]
    )
    out.print(text(f"{account.receipts} 个回执（{account.repeated} 个重复）：{counts}",
                   f"{account.receipts} receipts ({account.repeated} of them again): {counts}"))  # fmt: skip
    for line in _signatures(account):
        out.print(line)
    out.print(text("相符", "all hold") if not wrong else text(f"{wrong} 处不符", f"{wrong} things do not hold"),
              style="red" if wrong else "green")  # fmt: skip


def _signatures(account: Account) -> Iterator[str]:
    for signer, count in sorted(account.signed_by.items()):
        yield text(f"由密钥 {signer} 签名的 {count} 个", f"{count} signed by key {signer}")
    if account.signed_by and not account.trusted:
        yield text(
            "未与可信公钥比对：用 --key 给出从主管部门另行取得的公钥",
            "not compared with a key that you trust: give one, obtained otherwise, by --key",
        )
    if account.unsigned:
        left = account.unsigned_at_the_end
        covered = account.unsigned - left
        yield text(f"未签名 {account.unsigned} 个，其中 {covered} 个由其后的签名经哈希链担保",
                   f"{account.unsigned} unsigned, {covered} of them covered by a later signature")  # fmt: skip


@app.command("export", help=text("把一个单位的回执写入文件", "write a publisher's receipts to a file"))
def export(
    division: Annotated[str, typer.Option("--as", help=text("报送单位区划代码", "division of the publisher"))],
    out: Annotated[
        Path, typer.Option("--out", help=text("文件；- 为标准输出", "file; - writes standard output"))
    ] = Path("-"),
) -> None:
    """As they were published, one JSON object a line, in the order of each partition; .gz by the file's name."""
    code = arguments.division(division)
    topic = topics.receipts_topic(code)
    kafka = resolve(Settings.from_environment()).kafka
    with admin(kafka) as client:
        if topic not in client.list_topics():
            mend = f"huiliu publisher add {code}"
            raise CommandError(text(f"Kafka 中没有 {topic}，见 {mend}", f"Kafka has no topic {topic}, see {mend}"))
    written = 0
    with rereader(kafka) as reader, arguments.written(out) as file, _packed(file, out) as sink:
        bounds = reader.bounds([(topic, partition) for partition in range(_PARTITIONS)])
        for (name, partition), (first, stop) in sorted(bounds.items()):
            for record in reader.records(name, partition, first, stop):
                sink.write((record.value or b"") + b"\n")
                written += 1
    sys.stderr.write(text(f"{written} 个回执 → {out}\n", f"{written} receipts → {out}\n"))


def _packed(file: BinaryIO, out: Path) -> AbstractContextManager[Any]:
    return gzip.open(file, "wb") if out.suffix == ".gz" else nullcontext(file)


@app.command("keys", help=text("签过回执的全部公钥", "all public keys that have signed receipts"))
def keys(as_json: AsJson = False) -> None:
    """From the warehouse, the oldest first: to be published where publishers and auditors trust it."""
    with reading(resolve(Settings.from_environment())) as connection:
        found = receipt_keys.listed(connection)
    if as_json:
        told = [{**row, "first_used_at": row["first_used_at"].isoformat(), "algorithm": ALGORITHM} for row in found]
        typer.echo(json.dumps({"keys": told}, ensure_ascii=False))
        return
    if not found:
        typer.echo(text("还没有签过回执。", "No receipt was signed yet."))
        return
    table = Table(box=None, pad_edge=False)
    for words in (("密钥", "key"), ("公钥", "public key"), ("始于", "first used"), ("接替", "succeeds")):
        table.add_column(text(*words), overflow="fold")
    for row in found:
        table.add_row(row["id"], row["public_key"], stamp(row["first_used_at"]), row["succeeds"] or "-")
    Console(highlight=False).print(table)


@app.command("key", help=text("本机签名密钥的公钥", "the public key of this machine's signing key"))
def key(
    pem: Annotated[bool, typer.Option("--pem", help=text("PEM 格式", "as PEM"))] = False, as_json: AsJson = False
) -> None:
    """Of the file that HUILIU_RECEIPT_KEY names, else of the data folder; made if it is not there."""
    _tell(signing.ensure(_path()), pem, as_json)


@app.command("rotate", help=text("更换本机的签名密钥", "put a new signing key in the place of this machine's"))
def rotate(as_json: AsJson = False) -> None:
    """Workers take the new key up with the next receipts. The former key signs the new one, and is gone then."""
    path = _path()
    former = signing.load(path)
    signer = signing.rotate(path)
    if not as_json:
        typer.echo(text(f"{former.key_id} 由 {signer.key_id} 接替", f"{former.key_id} is succeeded by {signer.key_id}"))
    _tell(signer, pem=False, as_json=as_json)


def _path() -> Path:
    settings = Settings.from_environment()
    return settings.receipt_key or settings.home / signing.KEY_NAME


def _tell(signer: signing.Signer, pem: bool, as_json: bool) -> None:
    if pem:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        typer.echo(signer.private.public_key().public_bytes(serialization.Encoding.PEM, form).decode().strip())
    elif as_json:
        succeeds = (signer.succeeds or {}).get("key")
        told = {"id": signer.key_id, "public_key": signer.public, "algorithm": ALGORITHM, "succeeds": succeeds}
        typer.echo(json.dumps(told))
    else:
        typer.echo(f"{signer.key_id}  {signer.public}")
