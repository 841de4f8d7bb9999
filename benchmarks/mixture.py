"""Valid events of all seven kinds from the cities of a province, readings by far the most: what a hub sees on a day.

Readings, projects, awards, indicators and nils are the synthetic province's, without faults; outlets are registered
anew now and then (a second revision), and cities answer directives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from huiliu.outcome import Outcome
from huiliu.period import DAY_MS, day_start_ms
from simulation import registrations, sent
from simulation.lives import Disturbance
from simulation.province import Province, Shares, interleaved
from simulation.publication import Publication
from simulation.sent import Sent
from validators.sample import SAMPLES

_CLEAN = Shares(faulty=0.0, duplicates=0.0, corrections=0.0, disorder=0.0)

#: Shares of the kinds that the province does not send while it runs.
_SHARE = {"registration": 0.003, "response": 0.003}

#: The province sends one record larger than the hub takes: a fault, and so not for here.
_LARGEST = 1 << 20

_SEED = 11


@dataclass(frozen=True)
class Mixture:
    """``registrations`` have to be loaded before ``events`` are sent; the events of one key keep their order."""

    cities: tuple[str, ...]
    registrations: list[Publication]
    events: list[Publication]


def mixture(events: int) -> Mixture:
    """At least so many events, all of which the hub accepts."""
    province = Province(_SEED, int(events * 1.05) + 5_000, shares=_CLEAN)
    generator = np.random.default_rng(_SEED)
    registered = province.registrations()
    usual = [one for one in chain.from_iterable(province.events()) if one.value and len(one.value) <= _LARGEST]
    few = [*_registered_anew(province, int(events * _SHARE["registration"]))]
    few += _responses(province.publishers, int(events * _SHARE["response"]))
    generator.shuffle(few)
    return Mixture(province.publishers, registered, interleaved(usual, list(sent.publications(few)), generator))


def _registered_anew(province: Province, number: int) -> Iterator[Sent]:
    """Outlets with another name, one revision after the other."""
    begun = day_start_ms(province.first_day) - 20 * DAY_MS
    generator = np.random.default_rng(_SEED)
    first = list(registrations.reports(generator, province.outlets, begun, Disturbance(0.0, 0.0), []))
    for place in range(number):
        revision, known = 2 + place // len(first), first[place % len(first)]
        event = {
            **known.event,
            "revision": revision,
            "reported_at": begun + revision * DAY_MS,
            "outlet_name": f"{known.event['outlet_name']}（{revision}）",
        }
        yield Sent("registration", known.city, known.key, event, Outcome.CORRECTED)


def _responses(cities: tuple[str, ...], number: int) -> Iterator[Sent]:
    """Answers to directives, each about a case of its own."""
    sample = {name: SAMPLES["response"][name] for name in SAMPLES["response"]}
    for place in range(number):
        city = cities[place % len(cities)]
        case = f"DB-340000-2025-{place:06d}"
        event = {**sample, "division": city, "case_number": case, "reported_at": sample["reported_at"] - DAY_MS * 200}
        yield Sent("response", city, (case, "1"), event, Outcome.ACCEPTED)
