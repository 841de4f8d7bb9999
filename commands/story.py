"""The whole story of one record: what the ledger says of it, its bytes, the event in them, what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console

from commands import records
from commands.figures import STATUSES, stamp
from huiliu.language import text
from huiliu.outcome import Outcome
from huiliu.period import SHANGHAI
from schemas import event_json
from schemas.receipt import ranges, unpack_outcomes
from sinks.explain import Account
from streams.upward_events import source_of


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the warehouse as JSON."""
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    return value.isoformat() if isinstance(value, datetime | date) else value


def no_such(topic: str, partition: int, offset: int, bounds: tuple[int, int] | None) -> str:
    """What to say of an offset that Kafka does not have."""
    if bounds is None:
        return text(f"Kafka 中没有 {topic}[{partition}]", f"Kafka has no {topic}[{partition}]")
    first, end = bounds
    return text(
        f"{topic}[{partition}] 现有偏移量 {first} 至 {end - 1}，没有 {offset}",
        f"{topic}[{partition}] has offsets {first} to {end - 1}, not {offset}",
    )


def described(
    kind: str, place: tuple[str, int, int], account: Account | None, record: Any, found: list[dict[str, Any]]
) -> dict[str, Any]:
    topic, partition, offset = place
    told: dict[str, Any] = {"topic": topic, "partition": partition, "offset": offset, "kind": kind}
    told |= {"outcome": None if account is None else account.outcome.name.lower()}
    told |= {"ledger": None if account is None else _entry(account.entry)}
    told |= {"fact": None if account is None or account.fact is None else plain(account.fact)}
    told |= {"quarantine": None if account is None or account.quarantine is None else account.quarantine["status"]}
    told |= {"findings": _described(found)}
    if record is None:
        return {**told, "record": None, "event": None}
    shown = records.described(record.key, record.value, list(record.headers))
    return {
        **told,
        "record": {"timestamp": record.timestamp, **shown},
        "event": event_json.of_value(kind, record.value),
    }


def _described(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings as JSON. The rules that word them are imported for a record that has any: they take a while."""
    if not found:
        return []
    from commands import findings

    return [findings.described(finding) for finding in found]


def _lines(found: list[dict[str, Any]]) -> Iterable[str]:
    """The same as lines for a person."""
    from commands import findings

    return findings.lines(found)


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    counts = {
        name: entry[name] for name in ("records", "accepted", "corrected", "duplicate", "stale", "quarantined", "gaps")
    }
    outcomes = ranges(unpack_outcomes(entry["outcomes"]), entry["first_offset"])
    return {
        "first_offset": entry["first_offset"],
        "next_offset": entry["next_offset"],
        **counts,
        "outcomes": outcomes,
        "rule_set": entry["rule_set"],
        "not_evaluated": entry["not_evaluated"],
        "raw_sha256": bytes(entry["raw_sha256"]).hex(),
        "hash": bytes(entry["hash"]).hex(),
        "recorded_at": entry["recorded_at"].isoformat(),
    }


def show(
    kind: str, place: tuple[str, int, int], account: Account | None, record: Any, found: list[dict[str, Any]]
) -> None:
    """The story of a record for a person."""
    out = Console(highlight=False, soft_wrap=True)
    for line in (*_fate(place, account), *_lines(found)):
        out.print(line)
    if record is None:
        out.print(
            text(
                "Kafka 中此处没有记录（事务标记，或已按保留期删除）",
                "Kafka has no record here (a marker, or retention)",
            )
        )
        return
    received = stamp(datetime.fromtimestamp((record.timestamp or 0) / 1000, SHANGHAI))
    out.print(text(f"收到    {received}（重读自 Kafka）", f"received {received} (read again from Kafka)"))
    for line in records.lines(kind, record.key, record.value, list(record.headers)):
        out.print(line)
    origin = source_of(list(record.headers))
    if origin is not None:
        there = f"huiliu explain offset {origin.topic} {origin.partition} {origin.offset}"
        out.print(
            text(
                f"来自下级枢纽 {origin.hub}，在那里打开：{there}",
                f"from the lower hub {origin.hub}; open it there: {there}",
            )
        )


def _fate(place: tuple[str, int, int], account: Account | None) -> Iterator[str]:
    where = f"{place[0]} {place[1]} {place[2]}"
    if account is None:
        yield f"{where}  " + text(
            "[yellow]尚未入库[/]：huiliu status 查看积压", "[yellow]not loaded yet[/]: see huiliu status"
        )
        return
    colour = {Outcome.QUARANTINED: "red", Outcome.ACCEPTED: "green", Outcome.CORRECTED: "green"}.get(
        account.outcome, "yellow"
    )
    yield f"{where}  [{colour}]{account.outcome.title}[/]"
    entry = account.entry
    span = f"{entry['first_offset']}–{entry['next_offset'] - 1}"
    loaded = stamp(entry["recorded_at"])
    digest = bytes(entry["hash"]).hex()[:16]
    yield text(f"台账    {span}，入库于 {loaded}，规则集 {entry['rule_set']}，哈希 {digest}…",
               f"ledger   {span}, loaded {loaded}, rule set {entry['rule_set']}, hash {digest}…")  # fmt: skip
    if account.fact is not None and account.fact.get("known_to") is not None:
        until = stamp(account.fact["known_to"])
        yield text(f"事实    已被更正，{until} 起不再是现值", f"fact     superseded, current until {until}")
    elif account.fact is not None:
        yield text(
            f"事实    现值，修订 {account.fact['revision']}", f"fact     current, revision {account.fact['revision']}"
        )
    if account.quarantine is not None:
        status = account.quarantine["status"]
        yield text(f"隔离区  {STATUSES[status]}", f"quarantine: {status}")
