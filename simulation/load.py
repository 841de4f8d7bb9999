"""A load of readings for benchmarks and kill drills: registrations to load first, messages to send, and the answer.

The messages are plain tuples, for any Kafka client: no fault among them needs a client's limits raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from huiliu.period import DAY_MS, day_start_ms
from simulation import registrations, registry, sent
from simulation.answer_key import AnswerKey
from simulation.lives import Disturbance
from simulation.province import Shares, reading_roles
from simulation.publication import Publication
from simulation.readings import series
from simulation.slab import Slab, slab

_FIRST_DAY = date(2025, 6, 1)
#: Events of a slab at most; multiples of it are sent in slabs of just this size.
SLAB = 100_000
_USUAL = Shares()


@dataclass(frozen=True, slots=True)
class Load:
    """``answer_key`` covers the messages, not the registrations: these are all accepted, one for each outlet."""

    registrations: list[Publication]
    messages: list[Publication]
    answer_key: AnswerKey

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who sends, each to topics of its own."""
        return tuple(sorted({one.topic.split(".")[1] for one in self.registrations}))


@dataclass(frozen=True, slots=True)
class Stream:
    """The same as a stream of slabs, for loads larger than memory."""

    registrations: list[Publication]
    slabs: Iterator[Slab]


def million(
    n: int = 1_000_000,
    seed: int = 1,
    *,
    outlets: int = 2000,
    cities: int = 16,
    counties: int | None = None,
    faulty: float = 0.02,
    duplicates: float = 0.01,
    corrections: float = 0.01,
) -> Load:
    """Exactly ``n`` reading messages of ``outlets`` outlets in the first ``cities`` of Anhui, and their answer.

    The cities publish; with ``counties`` (2 to 104) so many counties of these cities do, each to a topic of its own.
    Faults of all sorts, duplicates and corrections are shares of the messages. With all shares 0 every message is
    accepted. Raises ValueError where the shares leave nothing, or there are not so many counties.
    """
    key, messages = AnswerKey(), list[Publication]()
    made = stream(
        n, seed, outlets=outlets, cities=cities, counties=counties, shares=_shares(faulty, duplicates, corrections)
    )
    for one in made.slabs:
        key.add(one.answer_key())
        messages += one.publications()
    return Load(made.registrations, messages, key)


def _shares(faulty: float, duplicates: float, corrections: float) -> Shares:
    return Shares(faulty, duplicates, corrections, disorder=corrections / 5)


def stream(
    n: int,
    seed: int = 1,
    *,
    outlets: int = 2000,
    cities: int = 16,
    counties: int | None = None,
    shares: Shares = _USUAL,
) -> Stream:
    """The load of ``million``, slab by slab; slabs share no object, so each has an answer of its own."""
    seeds = np.random.SeedSequence([seed, n])
    draw = np.random.default_rng(seeds.spawn(1)[0])
    firms = registry.enterprises(
        draw, "340000", max(outlets // 2, counties or cities), _FIRST_DAY.year, cities, counties
    )
    about = registry.outlets(draw, firms, outlets, _FIRST_DAY, by_county=counties is not None)
    if len({one.publisher for one in about}) != (counties or cities):
        raise ValueError(f"{counties or cities} publishers want as many counties and outlets")
    clean = Disturbance(0.0, 0.0)
    registered = list(registrations.reports(draw, about, day_start_ms(_FIRST_DAY) - 30 * DAY_MS, clean, []))
    return Stream(list(sent.publications(registered)), _slabs(seeds, about, n, shares))


def _slabs(seeds: np.random.SeedSequence, about: list[registry.Outlet], n: int, shares: Shares) -> Iterator[Slab]:
    measured, roles, number = series(about, _FIRST_DAY), reading_roles(shares), 0
    parts = max(1, -(-n // SLAB))
    for part in range(parts):
        size = n * (part + 1) // parts - n * part // parts
        made, number = slab(measured, number, size, roles, np.random.default_rng(seeds.spawn(1)[0]))
        yield made
