"""What became of each obligation at a moment: REPORTED, CONFIRMED_ZERO, EXEMPT or MISSING, and nothing else.

A pure function of what was expected and what was told by then. An obligation that is neither answered nor exempt, and
whose deadline (as extended by then) lies ahead, has no state yet and is not in the frame: :func:`awaited` gives those.
So the four states partition what is due, and states and awaited ones together are what was expected, for any moment
and in whatever order things were told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import DAY_MS
from oversight.obligations.expected import EXPECTED, KEY, MOMENT

STATES: Final = ("REPORTED", "CONFIRMED_ZERO", "EXEMPT", "MISSING")

#: Something came for an obligation: an accepted event, or enough of an outlet's day (``received``: the moment when it
#: was enough, null while it is not). ``hours``: of an outlet's day those that came, null of everything else.
ANSWER: Final = pl.Schema(
    {
        "obligation": pl.String(),
        "subject": pl.String(),
        "period": pl.String(),
        "received": MOMENT,
        "hours": pl.Int32(),
    }
)

#: A division said that it has nothing to report; of readings it speaks for all outlets of the division.
NIL: Final = pl.Schema(
    {
        "obligation": pl.String(),
        "division": pl.Int32(),
        "period": pl.String(),
        "received": MOMENT,
        "reason": pl.String(),
    }
)

_GRANT: Final = {
    "number": pl.Int64(),
    "obligation": pl.String(),
    "division": pl.Int32(),
    "subject": pl.String(),
    "reason": pl.String(),
    "granted_by": pl.String(),
    "recorded_at": MOMENT,
}
#: Somebody need not report for the periods that lie within ``first`` to ``last``. ``subject`` null: everybody of the
#: division. ``withdrawn_at`` null: it stands.
EXEMPTION: Final = pl.Schema({**_GRANT, "first": pl.Date(), "last": pl.Date(), "withdrawn_at": MOMENT})
#: The deadline for one period is put off to ``until``, the first moment that is too late.
EXTENSION: Final = pl.Schema({**_GRANT, "period": pl.String(), "until": MOMENT})

#: ``due`` as extended, ``due_first`` as the duty has it. ``received``: of the report or the nil, the first;
#: ``nil_received``: of a nil beside a report too. ``on_time``
#: null without one. ``days_late``: days begun since ``due`` at the report, or at ``as_of`` where it is missing; 0 in
#: time, null of the exempt. ``contradicted``: said to be nothing, and reported all the same. ``reason``: of the nil
#: or the exemption; ``by`` and ``number``: of the exemption.
STATE: Final = pl.Schema(
    {
        **EXPECTED,
        "due_first": MOMENT,
        "state": pl.String(),
        "received": MOMENT,
        "nil_received": MOMENT,
        "on_time": pl.Boolean(),
        "days_late": pl.Int32(),
        "hours": pl.Int32(),
        "contradicted": pl.Boolean(),
        "reason": pl.String(),
        "by": pl.String(),
        "number": pl.Int64(),
    }
)


@dataclass(frozen=True)
class Told:
    """Everything that was told, at any time; the functions here look only at what was told by their moment."""

    answers: pl.DataFrame = field(default_factory=ANSWER.to_frame)
    nils: pl.DataFrame = field(default_factory=NIL.to_frame)
    exemptions: pl.DataFrame = field(default_factory=EXEMPTION.to_frame)
    extensions: pl.DataFrame = field(default_factory=EXTENSION.to_frame)


def states(expected: pl.DataFrame, told: Told, as_of: datetime) -> pl.DataFrame:
    """``STATE``: each obligation that is answered, exempt, or due at ``as_of``, in the order of expected."""
    return _judged(expected, told, as_of).filter(pl.col("state").is_not_null()).select(list(STATE)).cast(STATE)


def awaited(expected: pl.DataFrame, told: Told, as_of: datetime) -> pl.DataFrame:
    """``STATE`` without a state: nothing came, nobody is exempt, and the deadline lies ahead."""
    return _judged(expected, told, as_of).filter(pl.col("state").is_null()).select(list(STATE)).cast(STATE)


def _judged(expected: pl.DataFrame, told: Told, as_of: datetime) -> pl.DataFrame:
    now = pl.lit(as_of).cast(MOMENT)
    joined = _joined(expected, told, now)
    reported, nil, exempt = (pl.col(name).is_not_null() for name in ("answered", "nil_received", "number"))
    state = pl.col("state")
    stated = joined.with_columns(
        state=pl.when(reported)
        .then(pl.lit("REPORTED"))
        .when(nil)
        .then(pl.lit("CONFIRMED_ZERO"))
        .when(exempt)
        .then(pl.lit("EXEMPT"))
        .when(pl.col("due") <= now)
        .then(pl.lit("MISSING")),
        received=pl.coalesce("answered", "nil_received"),
        contradicted=reported & nil,
    )
    until = pl.when(state == "MISSING").then(now).otherwise("received")
    return stated.with_columns(
        on_time=pl.col("received") < pl.col("due"),
        days_late=pl.max_horizontal((until - pl.col("due")).dt.total_milliseconds().floordiv(DAY_MS) + 1, pl.lit(0)),
        reason=pl.when(state == "CONFIRMED_ZERO").then("nil_reason").when(state == "EXEMPT").then("reason"),
        by=pl.when(state == "EXEMPT").then("granted_by"),
        number=pl.when(state == "EXEMPT").then("number"),
    ).with_columns(days_late=pl.when(until.is_not_null()).then("days_late"))


def _joined(expected: pl.DataFrame, told: Told, now: pl.Expr) -> pl.DataFrame:
    """What was expected, with what was told of each by now."""
    key, of_division = list(KEY), ["obligation", "division", "period"]
    return (
        expected.join(_answers(expected, told.answers, now), on=key, how="left", maintain_order="left")
        .join(_nils(expected, told.nils, now), on=of_division, how="left", maintain_order="left")
        .join(_exemptions(expected, told.exemptions, now), on=key, how="left", maintain_order="left")
        .join(_extensions(expected, told.extensions, now), on=key, how="left", maintain_order="left")
        .with_columns(due_first=pl.col("due"), due=pl.max_horizontal("due", "until"))
    )


def _answers(expected: pl.DataFrame, answers: pl.DataFrame, now: pl.Expr) -> pl.DataFrame:
    """Of each obligation the first answer that counts, and the most hours that came."""
    counting = answers.join(expected.select(*KEY, "counts_from"), on=list(KEY))
    heard = counting.filter(pl.col("received").is_null() | _counts(now))
    return heard.group_by(KEY).agg(answered=pl.col("received").min(), hours=pl.col("hours").max())


def _nils(expected: pl.DataFrame, nils: pl.DataFrame, now: pl.Expr) -> pl.DataFrame:
    """Of each division, obligation and period the first statement that counts."""
    of = ["obligation", "division", "period"]
    counting = nils.join(expected.select(*of, "counts_from").unique(), on=of)
    heard = counting.filter(_counts(now)).sort("received", "reason")
    return heard.group_by(of).agg(nil_received=pl.col("received").first(), nil_reason=pl.col("reason").first())


def _counts(now: pl.Expr) -> pl.Expr:
    return pl.col("received").is_between("counts_from", now)


def _exemptions(expected: pl.DataFrame, exemptions: pl.DataFrame, now: pl.Expr) -> pl.DataFrame:
    """Of each obligation the first exemption that stands."""
    stands = exemptions.filter(
        pl.col("recorded_at") <= now, pl.col("withdrawn_at").is_null() | (pl.col("withdrawn_at") > now)
    )
    within = _granted(expected, stands.rename({"first": "from", "last": "to"})).filter(
        pl.col("from") <= pl.col("first"), pl.col("last") <= pl.col("to")
    )
    first = within.sort("number").group_by(KEY, maintain_order=True).first()
    return first.select(*KEY, "number", "reason", "granted_by")


def _extensions(expected: pl.DataFrame, extensions: pl.DataFrame, now: pl.Expr) -> pl.DataFrame:
    """Of each obligation the latest deadline that was granted."""
    granted = _granted(expected, extensions.filter(pl.col("recorded_at") <= now).rename({"period": "of"}))
    return granted.filter(pl.col("of") == pl.col("period")).group_by(KEY).agg(pl.col("until").max())


def _granted(expected: pl.DataFrame, grants: pl.DataFrame) -> pl.DataFrame:
    """Obligations with the grants of their division; those of one outlet only with that outlet's."""
    asked = grants.rename({"subject": "only"})
    joined = expected.select(*KEY, "division", "first", "last").join(asked, on=["obligation", "division"])
    return joined.filter(pl.col("only").is_null() | (pl.col("only") == pl.col("subject")))
