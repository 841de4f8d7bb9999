"""Rehearsing rules: what candidate rules would have found on days gone by, beside the rules that were in force.

A candidate is judged as if its last version had been in force throughout; the others by their validity on each day.
Only rules of the families that the candidate has a part in are judged: no other cause can change. Facts are those known
at each judged moment, so that a late report or correction counts from when it came. Nothing is written anywhere.

Rules of monitors can be judged in one pass over the whole time (``over``): a province's hours are too many to be read
again for every day. Then a span is told with the gravest that it came to, and of readings the last version counts; what
was received when is minded either way.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import polars as pl

from huiliu import division
from huiliu.period import DAY_MS, day_of, day_start_ms
from oversight.detectors import DETECTORS
from oversight.facts import Facts
from oversight.monitors.spans import SPAN, TICK, standing
from oversight.rule import Rule
from oversight.rule_files import Rules
from oversight.standing import found, gravest

#: What becomes of a cause: it would open, flip (its severity changes), no longer stand, or stay as it is.
OPENS, FLIPS, GONE, STAYS = CHANGES = ("OPENS", "FLIPS", "GONE", "STAYS")

_MOMENT: Final = pl.Datetime("ms", "UTC")

#: One row per cause and run of judged moments with the same change; ``city``: whose division it is (340100).
RUN: Final = pl.Schema(
    {
        "city": pl.Int32(),
        "division": pl.Int32(),
        "cause": pl.String(),
        "subject": pl.String(),
        "change": pl.String(),
        "first": _MOMENT,
        "last": _MOMENT,
        "moments": pl.UInt32(),
        "rule_before": pl.String(),
        "severity_before": pl.String(),
        "rule_after": pl.String(),
        "version_after": pl.Int32(),
        "severity_after": pl.String(),
        "period": pl.String(),
        "value": pl.Float64(),
        "threshold": pl.Float64(),
        "unit": pl.String(),
    }
)

FactsAt = Callable[[datetime], Facts]
Judged = Callable[[int, int], None]


@dataclass(frozen=True)
class Rehearsal:
    """``runs``: rows of RUN, the unchanged among them; ``moments``: when it was judged; ``rules``: which were."""

    runs: pl.DataFrame
    moments: Sequence[datetime]
    rules: tuple[str, ...]

    def changes(self) -> pl.DataFrame:
        """The runs that are changes."""
        return self.runs.filter(pl.col("change") != STAYS)

    def by_city(self) -> pl.DataFrame:
        """Causes with each change at any moment, by city: columns city and CHANGES; STAYS are those never changed."""
        ever = self.runs.with_columns(
            pl.when((pl.col("change") != STAYS).any().over("cause") & (pl.col("change") == STAYS))
            .then(None)
            .otherwise("change")
            .alias("change")
        ).drop_nulls("change")
        counted = [pl.col("cause").filter(pl.col("change") == change).n_unique().alias(change) for change in CHANGES]
        return ever.group_by("city").agg(counted).sort("city")


def moments(first: date, last: date, every: int = 1) -> list[datetime]:
    """The last millisecond of Shanghai days from ``first`` to ``last``, every so many days, the last day always."""
    days = [last - timedelta(days=back) for back in range(0, (last - first).days + 1, every)]
    return [datetime.fromtimestamp((day_start_ms(day) + DAY_MS - 1) / 1000, UTC) for day in reversed(days)]


def rehearse(
    facts_at: FactsAt,
    in_force: Rules,
    candidate: Rules,
    judged_at: Sequence[datetime],
    judged: Judged,
    without: Collection[str] = (),
    over: Facts | None = None,
) -> Rehearsal:
    """Judge each moment by both; ``judged(done, total)`` is told after each. ``without``: codes tried as given up.

    ``over``: facts of the whole time, for rules that can be judged in one pass.
    """
    replaced = {*candidate.codes(), *without}
    families = {rule.family for rule in candidate.versions}
    families |= {rule.family for rule in in_force.versions if rule.code in replaced}
    before = Rules(tuple(rule for rule in in_force.versions if rule.family in families))
    shadow = list(_as_if_in_force(candidate))
    stood = Stood([*before.versions, *shadow], over, judged_at)
    compared = []
    for number, moment in enumerate(judged_at, 1):
        facts = facts_at(moment)
        now = before.in_force(day_of(int(moment.timestamp() * 1000)))
        then = [*(rule for rule in now if rule.code not in replaced), *shadow]
        compared.append(_compared(stood.at(now, facts, moment), stood.at(then, facts, moment), number, moment))
        judged(number, len(judged_at))
    rules = tuple(sorted({*before.codes(), *replaced}))
    return Rehearsal(_runs(compared), judged_at, rules)


class Stood:
    """What stands at moments, by spans found in one pass where the facts and the rule's detector allow that."""

    def __init__(self, rules: Sequence[Rule], over: Facts | None, moments_: Sequence[datetime]) -> None:
        """The one pass, if there are facts for it."""
        self._spans: dict[int, pl.DataFrame] = {}
        passed = [rule for rule in rules if DETECTORS[rule.detector].spans] if over is not None and moments_ else []
        if over is None or not passed:
            return
        since, until = moments_[0], moments_[-1] + TICK
        found_: dict[int, list[pl.DataFrame]] = {id(rule): [SPAN.to_frame()] for rule in passed}
        whole = [rule for rule in passed if not DETECTORS[rule.detector].by_outlets]
        for rule, spans in _each(whole, over, since, until):
            found_[id(rule)].append(spans)
        parted = [rule for rule in passed if DETECTORS[rule.detector].by_outlets]
        for part in over.by_outlets() if parted else ():
            for rule, spans in _each(parted, part, since, until):
                found_[id(rule)].append(spans)
        self._spans = {number: pl.concat(frames) for number, frames in found_.items()}

    def at(self, rules: Sequence[Rule], facts: Facts, moment: datetime) -> pl.DataFrame:
        """MATTER rows, of each cause the gravest."""
        held = [standing(self._spans[id(rule)], moment) for rule in rules if id(rule) in self._spans]
        rest = found([rule for rule in rules if id(rule) not in self._spans], facts, moment)
        return gravest(pl.concat([rest, *held]))


def _each(rules: Sequence[Rule], facts: Facts, since: datetime, until: datetime) -> Iterator[tuple[Rule, pl.DataFrame]]:
    for rule in rules:
        spans = DETECTORS[rule.detector].spans
        if spans is not None:
            yield rule, spans(rule, facts, since, until)


def _as_if_in_force(candidate: Rules) -> Iterator[Rule]:
    """The last version of each rule, as if it had always been in force."""
    last = {rule.code: rule for rule in candidate.versions}
    for rule in last.values():
        yield replace(rule, valid_from=date.min, valid_to=None)


def _compared(before: pl.DataFrame, after: pl.DataFrame, number: int, moment: datetime) -> pl.DataFrame:
    """Every cause that stands by either, with both severities, and what becomes of it."""
    both = before.join(after, on="cause", how="full", coalesce=True, suffix="_after")
    was, then = pl.col("severity"), pl.col("severity_after")
    change = (
        pl.when(was.is_null())
        .then(pl.lit(OPENS))
        .when(then.is_null())
        .then(pl.lit(GONE))
        .when(was != then)
        .then(pl.lit(FLIPS))
        .otherwise(pl.lit(STAYS))
    )
    told = [pl.coalesce(f"{name}_after", name).alias(name) for name in ("division", "subject", "period")]
    told += [pl.coalesce(f"{name}_after", name).alias(name) for name in ("value", "threshold", "unit")]
    return both.select(
        "cause",
        *told,
        change=change,
        number=pl.lit(number, pl.Int64),
        moment=pl.lit(moment.astimezone(UTC)).cast(_MOMENT),
        rule_before="rule",
        severity_before="severity",
        rule_after="rule_after",
        version_after="version_after",
        severity_after="severity_after",
    )


def _runs(compared: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Moments that follow one another with the same change of a cause are one run; of values the last is told."""
    if not compared:
        return RUN.to_frame()
    same = ["cause", "change", "severity_before", "severity_after", "rule_before", "rule_after"]
    begun = (
        pl.concat(compared)
        .sort("cause", "number")
        .with_columns(
            run=(
                pl.struct(same).ne_missing(pl.struct(same).shift(1))
                | (pl.col("number") != pl.col("number").shift(1) + 1)
            )
            .fill_null(True)
            .cum_sum()
        )
    )
    runs = (
        begun.group_by("run", maintain_order=True)
        .agg(
            pl.all().exclude("moment", "number").last(),
            first=pl.col("moment").min(),
            last=pl.col("moment").max(),
            moments=pl.len(),
        )
        .with_columns(city=_city(begun))
    )
    return runs.select([pl.col(name).cast(kind) for name, kind in RUN.items()]).sort("city", "cause", "first")


def _city(rows: pl.DataFrame) -> pl.Expr:
    known = {code: int(_city_of(f"{code:06}")) for code in rows["division"].unique()}
    return pl.col("division").replace_strict(known, return_dtype=pl.Int32) if known else pl.col("division")


def _city_of(code: str) -> str:
    return division.city_of(code) if division.known(code) else code
