"""Steps 5 to 8 of the batch for one kind: what the warehouse knows decides what each event does.

Kinds whose rules look at history are settled in rounds, so that a rule sees the event before, not only what the table
holds: a round has at most one event of each object. Readings have no such rules: all of them are one round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from huiliu.outcome import Outcome
from schemas.contract import contract
from sinks import context, facts, rollups
from sinks.register import Register
from sinks.warehouse import Connection
from streams.drill import Drill
from streams.errors import UndecidedError
from streams.fold import fold
from streams.prepare import UNDECIDED, Prepared, flagged
from streams.stage import Stage
from validators import finding
from validators.judge import judge_history, judge_reference
from validators.rule import Severity

#: What makes two events of a kind see each other's history: they share one of these.
_OBJECTS: Final = {
    "project": (("project_code",),),
    "award": (("award_number",), ("payee", "project_code")),
    "indicator": (("division", "indicator", "period"),),
    "registration": (("mn",),),
    "nil": (("division", "obligation", "period"),),
    "response": (("case_number", "sequence", "division"),),
}


@dataclass(frozen=True)
class Settlement:
    """What settling needs besides the events: the open transaction, the register, and this worker's rollup shard."""

    connection: Connection
    register: Register
    shard: int
    drill: Drill


def settle(prepared: Prepared, settlement: Settlement) -> None:
    """Steps 5 to 8 for one kind; afterwards every row of ``prepared`` has an outcome."""
    for events in rounds(prepared.kind, prepared.events):
        _settle_round(prepared, events, settlement)
    undecided = int((prepared.outcomes == UNDECIDED).sum())
    if undecided:
        raise UndecidedError(prepared.kind, undecided)


def rounds(kind: str, events: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The events in parts, each with at most one event of each object, in the order they were read."""
    if events.is_empty():
        return
    if kind not in _OBJECTS:
        yield events
        return
    numbers = round_numbers([_together(events, names) for names in _OBJECTS[kind]])
    if not any(numbers):
        yield events
        return
    yield from (part for _, part in events.group_by(pl.Series(numbers), maintain_order=True))


def _together(events: pl.DataFrame, names: Sequence[str]) -> list[object]:
    """The values of several columns as one; null where any of them is."""
    return [None if None in values else values for values in events.select(names).iter_rows()]


def round_numbers(objects: Sequence[Sequence[object]]) -> list[int]:
    """For each event the first round after all earlier events that share one of its objects; null is no object."""
    last: list[dict[object, int]] = [{} for _ in objects]
    numbers = []
    for values in zip(*objects, strict=True):
        number = 1 + max(seen.get(value, -1) for seen, value in zip(last, values, strict=True))
        for seen, value in zip(last, values, strict=True):
            if value is not None:
                seen[value] = number
        numbers.append(number)
    return numbers


def _settle_round(prepared: Prepared, events: pl.DataFrame, settlement: Settlement) -> None:
    connection, kind, drill = settlement.connection, prepared.kind, settlement.drill
    # 5. What is known: registers, and the current rows of these natural keys, locked in key order.
    with Stage("probe", events.height):
        known = facts.probe(connection, kind, events, settlement.register)
        joined = context.join(connection, kind, events, settlement.register)
    if kind in _OBJECTS:
        joined = context.previous(joined, known, contract(kind).key, contract(kind).names)
    drill.reached("5")
    # 6. Reference and history rules, then each event against what is current.
    with Stage("settle", joined.height):
        survivors = _judge(prepared, joined)
        folded = fold(survivors, known, contract(kind).key)
    conflicts = folded.filter(pl.col("outcome") == int(Outcome.QUARANTINED))
    prepared.outcomes[folded["row"].to_numpy()] = folded["outcome"].to_numpy()
    if conflicts.height:
        prepared.quarantine(_conflict_findings(conflicts))
    drill.reached("6")
    # 7. New rows straight in; superseded ones to history.
    change = _change(kind, folded, known, settlement.register)
    with Stage("write", events.height):
        facts.write(connection, kind, change.fresh, change.superseding, change.superseded, change.passing)
    drill.reached("7")
    # 8. Rollups by the difference that was really made.
    if kind in rollups.ROLLUPS:
        added = pl.concat([change.fresh, change.superseding]) if change.superseding.height else change.fresh
        with Stage("rollup", added.height):
            rollups.apply(connection, kind, added, change.superseded, settlement.shard)
    drill.reached("8")


@dataclass(frozen=True)
class Change:
    """What a round changes, in warehouse columns: each natural key at most once in the first three."""

    fresh: pl.DataFrame
    superseding: pl.DataFrame
    superseded: pl.DataFrame
    passing: pl.DataFrame


def _change(kind: str, folded: pl.DataFrame, known: pl.DataFrame, register: Register) -> Change:
    loaded = folded.filter(pl.col("outcome") <= int(Outcome.CORRECTED))
    rows, final, exists = facts.encode(kind, loaded, register), loaded["final"], loaded["exists"]
    if final.all() and not exists.any():
        return Change(rows, rows.clear(), rows.clear(), rows.clear())
    superseding = loaded.filter(final & exists)
    superseded = known.join(superseding, on=contract(kind).key, how="semi")
    return Change(
        rows.filter(final & ~exists),
        rows.filter(final & exists),
        facts.encode(kind, superseded, register) if superseded.height else rows.clear(),
        rows.filter(~final),
    )


def _judge(prepared: Prepared, joined: pl.DataFrame) -> pl.DataFrame:
    """The events that break no reference or history rule of severity error."""
    survivors = joined
    for judge in (judge_reference, judge_history):
        judgement = judge(prepared.kind, survivors)
        prepared.quarantine(judgement.findings)
        prepared.not_evaluated = tuple(sorted({*prepared.not_evaluated, *judgement.not_evaluated}))
        bad = prepared.outcomes[survivors["row"].to_numpy()] == int(Outcome.QUARANTINED)
        survivors = survivors.filter(~pl.Series(bad)) if bad.any() else survivors
    return flagged(survivors, prepared.findings)


def _conflict_findings(conflicts: pl.DataFrame) -> pl.DataFrame:
    """HL-CONFLICT-01: the same natural key and revision with other content; both are kept."""
    return finding.each(
        conflicts,
        code="HL-CONFLICT-01",
        severity=Severity.ERROR,
        field="revision",
        value=pl.col("revision").cast(pl.String),
        expected=(pl.col("revision") + 1).cast(pl.String),
    )


__all__ = ["Settlement", "round_numbers", "rounds", "settle"]
