"""Counts and rates: transmission rate × validity rate = transmission effectiveness.

Of one outlet, factor and day, in sets of hours:

- ``registered``: hours that are due unless excluded (应传).
- ``excluded``: of those, hours that take no part (不参与): stopped, not the unit's fault, one standard check a day.
- ``due`` = registered without excluded.
- ``received``: due hours that have a reading (实传). They are the groups that take part in validity: an hour that was
  not received has cost its point in transmission and is not counted a second time.
- ``valid``: received hours that are valid.

transmission = received / due, validity = valid / received, effectiveness = their product, so valid / due. Nothing due:
no rate (not assessed); nothing received: no validity, effectiveness 0. Rates of an outlet, enterprise, city or province
are those of the sums of their hours, never means of rates. Each once immediate and once completed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import polars as pl

from oversight.transmission import declared, hours, versions
from oversight.transmission.registered import KEY
from oversight.transmission.windows import Windows

State = Literal["immediate", "completed"]
STATES: Final[tuple[State, ...]] = ("immediate", "completed")
COUNTS: Final = ("registered", "excluded", "due", "received", "valid")

#: Readings of hours that need no second look: received in time, valid flag, no mark, a value. ``plain`` is the set.
PLAIN: Final = pl.Schema({"outlet": pl.Int32, "pollutant": pl.Int16, "day": pl.Date, "plain": pl.UInt32})


class Standing:
    """What stands of each hour in both figures, and the sets of hours that follow from it."""

    def __init__(
        self,
        due: pl.DataFrame,
        plain: pl.DataFrame,
        told: pl.DataFrame,
        declarations: pl.DataFrame,
        checked: Sequence[int],
        as_of: datetime,
        windows: Windows,
    ) -> None:
        """``due`` as ``registered.due``; ``plain``, ``told`` (VERSIONS) and ``declarations`` by their schemas.

        ``checked``: the numbers of the factors with an hour for the standard check.
        """
        touched = declared.spans(due, declarations)
        kept = declared.standing(touched, True, as_of, windows)
        proofs = kept.filter(declared.proven(as_of, windows))
        proofs = proofs.group_by(KEY).agg(hours.union(pl.col("covered")).alias("proven"))
        told = told.join(due.select(KEY), on=KEY, how="semi")
        original = versions.originals(told, windows)
        self.readings: dict[State, pl.DataFrame] = {
            "immediate": original,
            "completed": versions.completed(told, original, proofs, as_of, windows),
        }
        self.declarations: dict[State, pl.DataFrame] = {
            "immediate": declared.standing(touched, False, as_of, windows),
            "completed": kept,
        }
        self.sets: dict[State, pl.DataFrame] = {
            state: _sets(
                due, plain, versions.sets(self.readings[state]), declared.sets(self.declarations[state]), checked
            )
            for state in STATES
        }

    def counts(self) -> pl.DataFrame:
        """By outlet, factor and day, one row for each in ``due``: how many hours are in each set, by state."""
        of = {
            state: _counted(self.sets[state]).rename({name: f"{state}_{name}" for name in COUNTS[1:]})
            for state in STATES
        }
        return of["immediate"].join(of["completed"].drop("registered"), on=KEY, how="inner")


def _sets(
    due: pl.DataFrame, plain: pl.DataFrame, marked: pl.DataFrame, declared: pl.DataFrame, checked: Sequence[int]
) -> pl.DataFrame:
    found = due.join(plain, on=KEY, how="left").join(marked, on=KEY, how="left").join(declared, on=KEY, how="left")
    names = [name for name in found.columns if name not in KEY]
    found = found.with_columns(pl.col(names).fill_null(hours.NONE))
    col = pl.col
    away = (col("excluded") | col("declared_excluded")) & col("registered")
    found = found.with_columns(away=away, arrived=(col("received") | col("plain")) & col("registered"))
    check = hours.without((col("check") | col("declared_check")) & col("registered"), col("away"))
    found = found.with_columns(checks=check)
    allowed = pl.when(col("pollutant").is_in(list(checked))).then(hours.earliest(col("checks"))).otherwise(hours.NONE)
    found = found.with_columns(excluded=col("away") | allowed)
    found = found.with_columns(due=hours.without(col("registered"), col("excluded")))
    bad = col("declared_invalid") | hours.without(col("checks"), col("excluded"))
    good = hours.without(col("valid") | col("plain"), bad)
    received = col("arrived") & col("due")
    return found.select(
        *KEY, "registered", "excluded", "due", "declared_invalid", "checks", received=received, valid=good & received
    )


def _counted(sets: pl.DataFrame) -> pl.DataFrame:
    return sets.select(*KEY, *(hours.count(pl.col(name)).alias(name) for name in COUNTS))


def rates(counts: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Sums of the counts by these columns, with the three rates of each state (null where nothing is due or received).

    ``by`` may be empty: one row over everything.
    """
    names = ["registered", *(f"{state}_{name}" for state in STATES for name in COUNTS[1:])]
    sums = [pl.col(name).sum() for name in names]
    summed = counts.group_by(by).agg(sums).sort(by) if by else counts.select(sums)
    return summed.with_columns(rate for state in STATES for rate in _rates(state))


def _rates(state: State) -> list[pl.Expr]:
    due, received, valid = (pl.col(f"{state}_{name}") for name in ("due", "received", "valid"))
    return [
        pl.when(due > 0).then(received / due).alias(f"{state}_transmission"),
        pl.when(received > 0).then(valid / received).alias(f"{state}_validity"),
        pl.when(due > 0).then(valid / due).alias(f"{state}_effectiveness"),
    ]
