"""huiliu verify: prove that nothing was lost or counted twice, from the warehouse and from Kafka read again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import typer
from rich.console import Console
from rich.markup import escape

from commands.arguments import AsJson
from commands.audit import audit
from commands.main import NOT_SO
from commands.rereading import rereader
from commands.waits import shown
from commands.warehouse import reading
from deploy.endpoints import Endpoints, resolve
from deploy.progress import Progress
from huiliu.language import text
from huiliu.settings import Settings
from sinks import proof, reread
from sinks.proof import Check

#: What each check proves, in both languages.
MEANINGS: Final = {
    "chain": ("台账连续：自 0 起，无缺口，无重叠", "the ledger begins at 0, without gap or overlap"),
    "counts": ("台账计数等于逐条结果", "counts of the ledger are those of the outcomes"),
    "hashes": ("哈希链可逐段重算", "every hash of the chain can be recomputed"),
    "totals": ("各分区合计等于台账之和", "the totals of each partition are the sums of its ledger"),
    "loaded": ("入库与更正的每条恰有一个事实", "each accepted or corrected record has exactly one fact"),
    "quarantined": ("隔离的每条恰在隔离区一次", "each rejected record is in quarantine exactly once"),
    "without_reason": ("隔离的每条都有原因", "each rejected record has its reason"),
    "closed_by_nothing": ("已更正的都由入库的记录更正", "what counts as corrected was corrected by a loaded record"),
    "forgotten": ("没有登记已到而仍在等待的读数", "no reading waits for a registration that is there"),
    "misjudged": ("读数的超标判定与数值一致", "readings are judged as their values say"),
    "misnumbered": ("事实都在报送单位辖区内", "no fact lies outside its publisher's division"),
    "rollup_reading": ("监测汇总等于由事实重算", "figures of readings equal their recomputation"),
    "rollup_project": ("项目汇总等于由事实重算", "figures of projects equal their recomputation"),
    "rollup_award": ("奖补汇总等于由事实重算", "figures of awards equal their recomputation"),
    "rollup_indicator": ("指标汇总等于由事实重算", "figures of indicators equal their recomputation"),
    "kafka_kept": ("Kafka 仍保有全部已入库的偏移量", "Kafka still has all offsets that were loaded"),
    "kafka_records": ("Kafka 中的记录与台账逐条对应", "the records in Kafka are those of the ledger, one by one"),
    "kafka_digests": ("重读的原始字节与台账摘要相同", "bytes read again have the ledger's digests"),
    "kafka_chain": ("以重读的字节重算哈希链，相同", "the chain recomputed from bytes read again is the same"),
    "kafka_quarantine": ("隔离区的字节与 Kafka 逐字节相同", "the quarantine's bytes are Kafka's"),
}


def verify(as_json: AsJson = False) -> None:
    """Read everything again and compare; exit code 3 if anything differs. The hub may go on working meanwhile."""
    endpoints = resolve(Settings.from_environment())
    with shown() as progress:
        checks = all_checks(endpoints, progress)
    good = all(check.ok for check in checks)
    if as_json:
        told = [{"name": check.name, "ok": check.ok, "detail": dict(check.detail)} for check in checks]
        typer.echo(json.dumps({"ok": good, "checks": told}, ensure_ascii=False, default=str))
    else:
        show(checks)
    if not good:
        raise typer.Exit(NOT_SO)


def all_checks(endpoints: Endpoints, progress: Progress) -> list[Check]:
    """All checks, over one state of the warehouse: what is loaded after the command began is not looked at."""
    with reading(endpoints) as connection, rereader(endpoints.kafka) as reader:
        label = text("核对数据库", "checking the warehouse")
        progress("warehouse", label)
        checks = proof.verify(connection)
        progress("warehouse", label, 1, 1)
        heads = reread.heads(connection)
        total, label = sum(head.next_offset for head in heads), text("重读 Kafka", "reading Kafka again")
        progress("kafka", label)
        checks += audit(connection, reader, heads, lambda done: progress("kafka", label, done, total + 1))
        progress("kafka", label, total + 1, total + 1)
    return checks


def show(checks: Sequence[Check]) -> None:
    """One line for each check with its counts; below a wrong one, where."""
    out = Console(highlight=False, soft_wrap=True)
    for check in checks:
        meaning = text(*MEANINGS.get(check.name, (check.name, check.name)))
        counts = "  ".join(f"{name} {value:,}" for name, value in check.detail.items() if isinstance(value, int))
        out.print(f"{'[green]✓[/]' if check.ok else '[red]✗[/]'} {escape(meaning)}  [dim]{check.name}  {counts}[/]")
        if not check.ok:
            for example in _examples(check):
                out.print(f"    [red]{escape(example)}[/]")
    failed = sum(not check.ok for check in checks)
    good = text("全部相符：不丢、不重，汇总一致。", "All equal: nothing lost, nothing doubled, figures exact.")
    out.print(text(f"{failed} 项不符", f"{failed} checks failed") if failed else good)


def _examples(check: Check) -> list[str]:
    examples: Any = check.detail.get("examples", ())
    return [
        example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, default=str)
        for example in examples
    ]
