"""The synthetic province: everything its cities send, in order, and what the hub must make of it.

>>> province = Province(seed=7, events=3000)
>>> first = province.registrations()
>>> rest = [one for batch in province.events() for one in batch]
>>> len(province.publishers), len(first) + len(rest), province.answer_key.totals()["received"]
(16, 3000, 3000)

Registrations go first, and must be loaded before readings are sent: a reading of an outlet not yet registered is
quarantined, as it should be. All else may be sent at full speed, over any partitions, by any client that chooses the
partition from the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Final

import numpy as np

from huiliu import division
from huiliu.outcome import Outcome
from huiliu.period import DAY_MS, day_start_ms
from simulation import awards, indicators, mangling, nils, projects, reading_faults, registrations, registry, sent
from simulation.answer_key import AnswerKey
from simulation.errors import TooFewEventsError
from simulation.faults import Fault
from simulation.lives import Disturbance, by_bytes
from simulation.publication import Publication
from simulation.readings import series
from simulation.roles import Role, correction_refused, corrections, disorder, duplicates, faulty, faulty_twice
from simulation.sent import Sent
from simulation.slab import slab

#: Kinds that the synthetic cities publish.
KINDS: Final = ("project", "award", "indicator", "reading", "registration", "nil")
#: Every fault of the simulation, with the finding it must earn.
FAULTS: Final = (
    *mangling.FAULTS,
    *registrations.FAULTS,
    *projects.FAULTS,
    *awards.FAULTS,
    *indicators.FAULTS,
    *nils.FAULTS,
    *reading_faults.FAULTS,
)

_SLAB: Final = 50_000
#: Shares of all events; readings are the rest.
_SHARE: Final = {"project": 0.045, "award": 0.015, "indicator": 0.015, "nil": 0.003}
_AWARD_STEPS: Final = 2.3  #: events of an award on average


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of what is sent goes wrong, and how: shares of the events of each kind."""

    faulty: float = 0.02
    duplicates: float = 0.01
    corrections: float = 0.01
    disorder: float = 0.002

    @property
    def disturbance(self) -> Disturbance:
        """The same for the small kinds, whose reports are corrections of each other anyway."""
        return Disturbance(self.faulty, self.duplicates)


def reading_roles(shares: Shares) -> list[Role]:
    """The parts readings play: every fault of the bytes and of readings, once, twice, and as a correction."""
    faults = [fault for fault in (*mangling.FAULTS, *reading_faults.FAULTS) if fault.weight]
    total = sum(fault.weight for fault in faults)
    each = [(fault, shares.faulty * fault.weight / total) for fault in faults]
    order = next(fault for fault in reading_faults.FAULTS if fault.name == "minimum above average")
    return [
        *duplicates(shares.duplicates),
        *corrections(shares.corrections),
        *disorder(shares.disorder),
        *(faulty(fault.name, fault.code, share * 0.9) for fault, share in each),
        faulty_twice(order.name, order.code, shares.faulty * 0.02),
        correction_refused(order.name, order.code, shares.faulty * 0.06),
    ]


class Province:
    """A seeded province of exactly ``events`` events, registrations included. Raises TooFewEventsError.

    ``first_day`` is the Shanghai day on which readings begin; projects report on the year before it.
    """

    def __init__(
        self,
        seed: int,
        events: int,
        *,
        province: str = "340000",
        first_day: date = date(2025, 6, 1),
        shares: Shares = Shares(),
    ) -> None:
        """Draw the register and the small kinds; readings are drawn while they are handed out."""
        self.answer_key = AnswerKey()
        self.shares = shares
        self.first_day = first_day
        self._seeds = np.random.SeedSequence([seed, events])
        draw = np.random.default_rng(self._seeds.spawn(1)[0])
        size = min(2000, max(16, events // 100))
        firms = registry.enterprises(draw, province, max(16, size // 2), first_day.year)
        self.outlets = registry.outlets(draw, firms, size, first_day)
        self.publishers = tuple(division.cities(province, first_day.year))
        bytes_only = by_bytes([fault for fault in mangling.FAULTS if fault.weight])
        begun = day_start_ms(first_day) - 30 * DAY_MS
        self._registrations = list(registrations.reports(draw, self.outlets, begun, shares.disturbance, bytes_only))
        self._small = list(_small(draw, firms, self.publishers, province, first_day, events, shares))
        self._readings = events - len(self._registrations) - len(self._small)
        if self._readings < 0:
            raise TooFewEventsError(events, events - self._readings)

    def registrations(self) -> list[Publication]:
        """What must be loaded first."""
        sent.note(self.answer_key, self._registrations)
        return list(sent.publications(self._registrations))

    def events(self) -> Iterator[list[Publication]]:
        """Everything else, in sending order, in batches of some ten thousand."""
        about, roles = series(self.outlets, self.first_day), reading_roles(self.shares)
        parts = max(1, -(-self._readings // _SLAB))
        number = 0
        for part in range(parts):
            generator = np.random.default_rng(self._seeds.spawn(1)[0])
            size = self._readings * (part + 1) // parts - self._readings * part // parts
            made, number = slab(about, number, size, roles, generator)
            small = self._small[len(self._small) * part // parts : len(self._small) * (part + 1) // parts]
            self.answer_key.add(made.answer_key())
            sent.note(self.answer_key, small)
            yield interleaved(made.publications(), list(sent.publications(small)), generator)


def _small(
    draw: np.random.Generator,
    firms: list[registry.Enterprise],
    cities: Sequence[str],
    province: str,
    first_day: date,
    events: int,
    shares: Shares,
) -> Iterator[Sent]:
    """Projects, awards, indicators and nils, each in its own order, mixed by chance."""
    budget = {kind: max(20, int(share * events)) for kind, share in _SHARE.items()}
    several = min(12, max(2, budget["project"] // 1500))
    due = projects.months(date(first_day.year - 1, first_day.month, 1), 12)[-several:]
    faults = by_bytes([fault for fault in mangling.FAULTS if fault.weight])
    about = projects.projects(draw, firms, min(1500, budget["project"] // several), due[0])
    given = awards.awards(draw, firms, about, min(4000, int(budget["award"] / _AWARD_STEPS)), first_day)
    quarters = [month for month in due if events >= 10_000][-max(1, budget["indicator"] // 350) :]
    few = cities[: max(1, budget["indicator"] // 25)]
    counties = registry.in_turn(province, first_day.year)[: max(10, budget["nil"])]
    kinds = (
        list(projects.reports(draw, about, due, shares.disturbance, faults)),
        list(awards.reports(draw, given, shares.disturbance, faults)),
        list(indicators.reports(draw, few, quarters or due[-1:], shares.disturbance, faults)),
        list(nils.reports(draw, counties, due, shares.disturbance, faults)),
    )
    yield from mixed(kinds, draw)
    if events >= 5000 and kinds[3]:
        yield _oversized(kinds[3][0])


def _oversized(like: Sent) -> Sent:
    """One record larger than the hub takes."""
    fault: Fault = next(fault for fault in mangling.FAULTS if fault.name == "oversized")
    return Sent(like.kind, like.city, like.key, like.event, Outcome.QUARANTINED, fault.code, fault.name)


def mixed(kinds: Iterable[Sequence[Sent]], draw: np.random.Generator) -> list[Sent]:
    """Several sequences in one, each in its own order."""
    lists = [list(kind) for kind in kinds]
    whose = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    draw.shuffle(whose)
    each = [iter(one) for one in lists]
    return [next(each[place]) for place in whose]


def interleaved(many: list[Publication], few: list[Publication], generator: np.random.Generator) -> list[Publication]:
    """``few`` strewn into ``many``, each in its own order."""
    places = np.sort(generator.integers(0, len(many) + 1, len(few)))
    pieces: list[list[Publication]] = []
    before = 0
    for place, one in zip(places.tolist(), few, strict=True):
        pieces += [many[before:place], [one]]
        before = place
    return list(chain.from_iterable([*pieces, many[before:]]))
