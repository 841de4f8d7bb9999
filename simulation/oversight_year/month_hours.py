"""The hours of a city's monitors in one month: what is lost, marked and measured, as arrays, then as a frame.

Each city and month is drawn from a seed of its own, so that they can be made in any order, one at a time, and memory
stays flat. What is lost or marked is drawn apart from what is measured: the answer key counts the former alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from huiliu.period import HOUR_MS
from simulation.oversight_year.episodes import DAY, RESENT_DAYS, Episode
from simulation.oversight_year.monitors import Monitors, hour_ms, hours_of
from simulation.oversight_year.size import Size

Bits = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

#: Hours lost and hours flagged as under maintenance, calibration or fault where nothing happens: shares.
_LOST, _FLAGGED = 0.006, 0.006
_FLAGS: Final = ("M", "C", "D")
#: What a month's losses leave in a lossy outlet, in one just within, and in a lossy city: shares lost.
_LOSSES: Final = {"lossy": 0.11, "lossy-little": 0.03, "city-lossy": 0.14}
_NOISE: Final = 0.06
#: How far minimum and maximum of an hour lie from its average, as a share.
_SPREAD: Final = 0.12
#: Minutes after the hour at which its value is received; one sent again comes days later.
_AFTER_MINUTES: Final = 6

#: Codes in ``flags``: 0 is N.
_FLAG_NAMES: Final = ("N", *_FLAGS)
#: Codes in ``marks``: 0 is none.
_MARK_NAMES: Final = (None, "MAINTENANCE", "STARTING", "RUNNING", "CALIBRATION")
#: Of these, the codes under which an hour does not count as valid.
INVALID_MARKS: Final = (1, 4)


@dataclass(frozen=True)
class Hours:
    """One city and month. Rows are its factors as in ``Monitors.of_city``, columns the hours of the month.

    ``lost``: never received; ``resent``: received days later; ``still``: one value throughout the hour; ``flags`` and
    ``marks``: codes.
    """

    factors: pl.DataFrame
    since: int
    lost: Bits
    resent: Bits
    still: Bits
    flags: npt.NDArray[np.int8]
    marks: npt.NDArray[np.int8]


def hours(seed: int, about: Monitors, size: Size, city: str, month: date) -> Hours:
    """What is lost and marked in a city's month."""
    factors = about.of_city(city)
    since, until = hours_of(size, month)
    outlet = factors["outlet"].to_numpy()
    owners, owner = np.unique(outlet, return_inverse=True)
    generator = _generator(seed, 1, city, month)
    gone = generator.random((len(owners), until - since)) < _LOST
    flagged = generator.random((len(outlet), until - since)) < _FLAGGED
    flags = np.where(flagged, generator.integers(1, len(_FLAG_NAMES), flagged.shape), 0).astype(np.int8)
    none, unmarked = np.zeros_like(flagged), np.zeros(flagged.shape, np.int8)
    found = Hours(factors, since, gone[owner], none, none.copy(), flags, unmarked)
    # A silent city comes last: nothing that befalls its outlets breaks the silence.
    for episode in sorted(about.episodes, key=lambda one: one.kind.name == "city-silent"):
        if episode.city == city and episode.since < until and episode.until > since:
            rows = np.flatnonzero(_rows(factors, episode))
            _MASKS.get(episode.kind.name, _nothing)(found, rows, _within(episode, since, until), generator)
    return found


def _generator(seed: int, purpose: int, city: str, month: date) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence([seed, purpose, int(city), month.year * 12 + month.month]))


def _rows(factors: pl.DataFrame, episode: Episode) -> Bits:
    if episode.outlet is None:
        return np.ones(factors.height, np.bool_)
    chosen: Bits = factors["outlet"].to_numpy() == episode.outlet
    return chosen if episode.factor is None else chosen & (factors["place"].to_numpy() == episode.factor)


def _within(episode: Episode, since: int, until: int) -> slice:
    return slice(max(episode.since, since) - since, min(episode.until, until) - since)


def _nothing(*_: object) -> None:
    """The episode changes values only."""


def _silence(found: Hours, rows: Places, span: slice, _: np.random.Generator) -> None:
    found.lost[rows, span] = True


def _losing(name: str) -> Callable[[Hours, Places, slice, np.random.Generator], None]:
    """So many hours of each outlet, drawn without repetition, are lost: the share is exact."""

    def lose(found: Hours, rows: Places, span: slice, generator: np.random.Generator) -> None:
        outlets = found.factors["outlet"].to_numpy()[rows]
        for outlet in np.unique(outlets):
            length = span.stop - span.start
            drawn = span.start + generator.choice(length, round(length * _LOSSES[name]), replace=False)
            own = rows[outlets == outlet]
            found.lost[own, span] = False
            found.lost[np.ix_(own, drawn)] = True
            found.flags[own, span] = 0

    return lose


def _resend(found: Hours, rows: Places, span: slice, _: np.random.Generator) -> None:
    found.lost[rows, span], found.resent[rows, span] = False, True


def _marking(*marks: int) -> Callable[[Hours, Places, slice, np.random.Generator], None]:
    def mark(found: Hours, rows: Places, span: slice, _: np.random.Generator) -> None:
        width = span.stop - span.start
        found.marks[rows, span] = np.resize(np.array(marks, np.int8), width)
        found.flags[rows, span], found.lost[rows, span] = 0, False

    return mark


def _plain(found: Hours, rows: Places, span: slice, _: np.random.Generator) -> None:
    """Every hour is received and plain, so that the episode is seen whole."""
    found.lost[rows, span], found.flags[rows, span] = False, 0


def _still(found: Hours, rows: Places, span: slice, generator: np.random.Generator) -> None:
    _plain(found, rows, span, generator)
    found.still[rows, span] = True


def _faulty(found: Hours, rows: Places, span: slice, _: np.random.Generator) -> None:
    found.lost[rows, span], found.flags[rows, span] = False, 3


def _calibrated(found: Hours, rows: Places, span: slice, generator: np.random.Generator) -> None:
    """Two hours of calibration at the beginning."""
    _plain(found, rows, span, generator)
    found.flags[rows, span.start : span.start + 2] = 2
    found.marks[rows, span.start : span.start + 2] = 4


_MASKS: Final[Mapping[str, Callable[[Hours, Places, slice, np.random.Generator], None]]] = {
    "hour-over": _plain, "day-over": _plain, "near-limit": _plain, "frozen": _still, "still-short": _still,
    "hugging": _plain, "high-steady": _plain, "flat": _plain, "quiet-short": _plain,
    "over-marked": _marking(1, 2), "over-running": _marking(3), "over-flagged": _faulty,
    "step": _calibrated, "calibrated": _calibrated,
    "silent": _silence, "declared-stop": _silence, "undocumented-stop": _silence, "short-gap": _silence,
    "city-silent": _silence, "resent": _resend,
    **{name: _losing(name) for name in _LOSSES},
}  # fmt: skip


def values(seed: int, about: Monitors, size: Size, month: date, city: str, found: Hours) -> Numbers:
    """What is held against the limit, as a share of the limit: one row for each factor, one column for each hour."""
    factors, generator = found.factors, _generator(seed, 2, city, month)
    width = found.lost.shape[1]
    level, swing = (factors[name].to_numpy()[:, None] for name in ("level", "swing"))
    of_day = np.sin(((np.arange(found.since, found.since + width) % DAY) - 9) * (2 * np.pi / DAY))[None, :]
    noise = generator.standard_normal((factors.height, width)) * _NOISE
    share: Numbers = level * (1 + swing * of_day) * (1 + noise)
    for episode in about.episodes:
        reached = episode.since < found.since + width and episode.until > found.since
        if episode.city == city and reached and episode.kind.reach == "factor":
            row = int(np.flatnonzero(_rows(factors, episode))[0])
            span = _within(episode, found.since, found.since + width)
            own = np.random.default_rng(np.random.SeedSequence([seed, 3, episode.outlet or 0, episode.factor or 0]))
            base, wave = float(level[row, 0]), swing[row, 0] * of_day[0, span]
            share[row, span] = _VALUES[episode.kind.name](base, wave, noise[row, span], own)
    return share


Change = Callable[[float, Numbers, Numbers, np.random.Generator], Any]

#: From level, daily swing and noise of the factor to the values of the episode, all as shares of the limit. The
#: generator is the episode's own: what is drawn first is the same in every month that it touches.
_VALUES: Final[Mapping[str, Change]] = {
    "hour-over": lambda _, __, noise, own: own.uniform(1.15, 1.7) * (1 + np.abs(noise)),
    "over-running": lambda _, __, noise, own: own.uniform(1.15, 1.7) * (1 + np.abs(noise)),
    "over-marked": lambda _, __, noise, own: own.uniform(1.2, 2.5) * (1 + np.abs(noise)),
    "over-flagged": lambda _, __, noise, own: own.uniform(1.2, 2.5) * (1 + np.abs(noise)),
    "day-over": lambda _, wave, noise, own: own.uniform(1.3, 1.6) * (1 + wave * 0.3) * (1 + np.abs(noise) * 0.5),
    "near-limit": lambda _, __, noise, ___: np.where(np.arange(noise.size) % 3 == 2, 1.0, 0.985 - np.abs(noise) * 0.1),
    "frozen": lambda level, _, noise, own: np.full(noise.shape, level * own.uniform(0.9, 1.1)),
    "still-short": lambda level, _, noise, own: np.full(noise.shape, level * own.uniform(0.9, 1.1)),
    "flat": lambda level, _, noise, ___: level * (1 + noise * 0.03),
    "quiet-short": lambda level, wave, noise, _: level * (1 + wave) * (1 + noise * 0.5),
    "hugging": lambda _, __, noise, ___: 0.975 + 0.02 * np.tanh(noise * 8),
    "high-steady": lambda _, wave, noise, ___: 0.7 * (1 + wave) * (1 + noise),
    "step": lambda level, wave, noise, _: level * 0.45 * (1 + wave) * (1 + noise),
    "calibrated": lambda level, wave, noise, _: level * 0.97 * (1 + wave) * (1 + noise),
}


def frame(about: Hours, share: Numbers, size: Size) -> pl.DataFrame:
    """The hours received as rows, in the order of outlet, factor and start; columns:

    ``outlet``, ``mn``, ``division``, ``city``, ``pollutant`` (number), ``pollutant_code``, ``start``, ``average``,
    ``minimum``, ``maximum``, ``corrected``, ``limit_value``, ``received_at``, ``flag``, ``mark``.
    """
    row, hour = np.nonzero(~about.lost)
    start = hour_ms(size, about.since) + hour.astype(np.int64) * HOUR_MS
    late = about.resent[row, hour]
    known = start + HOUR_MS + _AFTER_MINUTES * 60_000 + np.where(late, RESENT_DAYS * DAY * HOUR_MS, 0)
    limit = about.factors["limit"].to_numpy()[row]
    oxygen = about.factors["oxygen"].fill_null(np.nan).to_numpy()[row]
    judged = np.round(share[row, hour] * limit, 3)
    gas, spread = ~np.isnan(oxygen), np.where(about.still[row, hour], 0.0, _SPREAD)
    average = np.where(gas, np.round(judged / np.where(gas, oxygen, 1.0), 3), judged)
    about_row = about.factors.select("outlet", "mn", "division", "city", "pollutant", "pollutant_code")[row]
    codes = {"flag": (about.flags, _FLAG_NAMES), "mark": (about.marks, _MARK_NAMES)}
    named = [pl.Series(list(names), dtype=pl.String)[of[row, hour]].alias(name) for name, (of, names) in codes.items()]
    told = pl.DataFrame(
        {
            "start": start,
            "average": average,
            "minimum": np.round(average * (1 - spread), 3),
            "maximum": np.round(average * (1 + spread), 3),
            "corrected": np.where(gas, judged, np.nan),
            "limit_value": limit,
            "received_at": known,
        }
    ).with_columns(pl.col("corrected").fill_nan(None), pl.from_epoch("start", "ms").dt.replace_time_zone("UTC"),
                   pl.from_epoch("received_at", "ms").dt.replace_time_zone("UTC"))  # fmt: skip
    return pl.concat([about_row, told, pl.DataFrame(named)], how="horizontal")
