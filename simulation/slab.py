"""A slab: some ten thousand reading events with their fates, from their values to records in sending order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from huiliu.outcome import Outcome
from huiliu.period import shanghai_day
from schemas import topics
from schemas.contract import code_table, contract
from schemas.encode import encode_frame
from simulation import readings
from simulation.answer_key import AnswerKey, Figures, Group
from simulation.mangling import MANGLES
from simulation.publication import Publication
from simulation.reading_faults import CHANGES
from simulation.roles import BASE, CLEAN, OTHER, Role, cast

#: Later steps of a role follow within this share of the slab; a late event is late by as much.
_SPREAD: Final = 0.25
_LATE: Final = 0.03
_LOADED: Final = (int(Outcome.ACCEPTED), int(Outcome.CORRECTED))


@dataclass(frozen=True, slots=True)
class Slab:
    """Reading events in sending order.

    Contract columns, and ``city``, ``publisher``, ``neighbour`` (see ``readings``), ``limit`` in force, ``variant``,
    ``outcome``, ``code``, ``object``.
    """

    frame: pl.DataFrame

    def publications(self) -> list[Publication]:
        """The records, in sending order; the key is the MN, so that one object keeps its order."""
        values: list[bytes | None] = list(encode_frame("reading", self.frame.select(contract("reading").names)))
        mangled = self.frame.with_row_index("place").filter(pl.col("variant").is_in(list(MANGLES)))
        for place, variant in mangled.select("place", "variant").iter_rows():
            values[place] = MANGLES[variant](values[place] or b"", place)
        intakes = {one: topics.intake_topic(one, "reading") for one in self.frame["publisher"].unique()}
        keys = {mn: mn.encode() for mn in self.frame["mn"].unique()}
        names = map(intakes.__getitem__, self.frame["publisher"])
        return list(map(Publication, names, map(keys.__getitem__, self.frame["mn"]), values, self.frame["reported_at"]))

    def answer_key(self) -> AnswerKey:
        """What must become of them."""
        key = AnswerKey()
        counted = self.frame.group_by("publisher", "outcome", "code").len()
        for publisher, outcome, code, number in counted.iter_rows():
            key.count("reading", publisher, Outcome(outcome), code, number)
        key.load_readings(rollup(current(self.frame)))
        return key


def slab(
    about: readings.Series, since: int, events: int, roles: Sequence[Role], generator: np.random.Generator
) -> tuple[Slab, int]:
    """A slab of exactly ``events`` events about readings number ``since`` and on; and the number after the last."""
    parts = cast(events, roles, generator)
    base = readings.base(about, since, len(parts), generator)
    base = base.with_columns(pl.Series("object", np.arange(since, since + len(parts))))
    pieces = [_played(base, np.flatnonzero(parts == -1), CLEAN, generator)]
    pieces += [_played(base, np.flatnonzero(parts == number), role, generator) for number, role in enumerate(roles)]
    return Slab(pl.concat(pieces).sort("position", maintain_order=True).drop("position")), since + len(parts)


def _played(base: pl.DataFrame, who: npt.NDArray[np.int64], role: Role, generator: np.random.Generator) -> pl.DataFrame:
    """All events of one role."""
    objects, reach = base[who], _SPREAD * base.height
    position = who.astype(np.float64)
    pieces = []
    for number, step in enumerate(role.steps):
        late = number > 0 or generator.random(len(who)) < _LATE
        position = position + np.where(late, generator.uniform(1.0, reach + 2.0, len(who)), 0.0)
        again = objects if number == 0 else _sent_again(objects, number)
        pieces.append(
            _variant(again, step.variant, step.revision).with_columns(
                pl.Series("position", position),
                pl.lit(step.variant).alias("variant"),
                pl.lit(int(step.outcome), pl.UInt8).alias("outcome"),
                pl.lit(step.code, pl.String).alias("code"),
            )
        )
    return pl.concat(pieces)


def _sent_again(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    """What is sent later carries a later time and a reference of its own: neither is content."""
    return frame.with_columns(
        pl.col("reported_at") + number * 3_600_000, pl.format("{}-{}", "source_ref", pl.lit(number))
    )


def _variant(frame: pl.DataFrame, variant: str, revision: int) -> pl.DataFrame:
    frame = frame.with_columns(pl.lit(revision, pl.Int32).alias("revision"))
    if variant == BASE or variant in MANGLES:
        return frame
    return readings.other(frame, 1.1) if variant == OTHER else frame.with_columns(**CHANGES[variant])


def current(frame: pl.DataFrame) -> pl.DataFrame:
    """The loaded event of the highest revision of each object."""
    loaded = frame.filter(pl.col("outcome").is_in(_LOADED))
    return loaded.filter(pl.col("revision") == pl.col("revision").max().over("object"))


def rollup(frame: pl.DataFrame) -> list[tuple[Group, Figures]]:
    """Figures by city, pollutant, period and Shanghai day, as ``answer_key`` describes them."""
    invalidating = [code for code, entry in code_table("mark").items() if entry.extra["invalidates"]]
    marked = pl.col("mark").is_in(invalidating).fill_null(value=False)
    valid = (pl.col("flag") == "N") & ~marked
    over = pl.coalesce("corrected", "average") > pl.col("limit")
    grouped = (
        frame.with_columns(valid.alias("valid"), shanghai_day(pl.col("start")).cast(pl.Date).alias("day"))
        .group_by("city", "pollutant", "period", "day")
        .agg(
            pl.len().alias("readings"),
            pl.col("valid").sum(),
            pl.col("average").filter("valid").count().alias("averaged"),
            _micro("average").filter("valid").sum().alias("average_micro"),
            _micro("cumulative").filter("valid").sum().alias("mass_micro"),
            over.filter("valid").sum().alias("exceedances"),
            pl.coalesce("maximum", "average").filter("valid").max().alias("maximum"),
        )
    )
    return [_line(row) for row in grouped.iter_rows(named=True)]


def _micro(name: str) -> pl.Expr:
    """Whole micro-units of each value, halves to even as ``rint``."""
    return (pl.col(name) * 1_000_000).round(0, mode="half_to_even").cast(pl.Int64)


def _line(row: Mapping[str, Any]) -> tuple[Group, Figures]:
    group = (row["city"], row["pollutant"], row["period"], row["day"].isoformat())
    names = ("readings", "valid", "averaged", "average_micro", "mass_micro", "exceedances", "maximum")
    return group, {name: row[name] for name in names}
