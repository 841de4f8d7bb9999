"""Real input: awards of Fushun in 2022, yearly targets of Anhui and Gansu, and public HJ 212 frames.

Nothing is invented. A sum for several firms stays one event with its count; a credit code, date or project code that a
text does not give is null. What an event needs and no text gives is the publisher's own: award numbers count the
entries of the text, ``reported_at`` is the day of the document.

``frames/readings.jsonl`` holds what ``gateways.hj212`` decodes from ``frames/hj212.jsonl`` (a test compares them). The
frames come from monitors all over the country; here the province itself publishes them, under registrations that are
made up and say so, since a reading of an unregistered monitor is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any, Final

import polars as pl

from huiliu.outcome import Outcome
from huiliu.period import day_start_ms
from schemas.contract import code_table, contract, polars_schema
from simulation import sent
from simulation.answer_key import AnswerKey
from simulation.publication import Publication
from simulation.registry import credit
from simulation.roles import CONFLICT
from simulation.sent import Sent
from simulation.slab import rollup

#: Who publishes what.
PUBLISHERS: Final[Mapping[str, tuple[str, ...]]] = {
    "210400": ("award",),
    "340000": ("indicator", "reading", "registration"),
    "620000": ("indicator",),
}
_BENCH: Final = "340000"
_FEN: Final = 100
#: A reading that begins later comes from a monitor whose clock is wrong: 2040 in one of the frames.
_CLOCK: Final = day_start_ms(date(2026, 1, 1))


class Real:
    """The real input and what the hub must make of it. Registrations go first, as for the synthetic province."""

    def __init__(self) -> None:
        """Read the shipped files."""
        self.answer_key = AnswerKey()
        self.publishers = dict(PUBLISHERS)

    def registrations(self) -> list[Publication]:
        """The monitors of the frames."""
        return self._handed_out(list(registrations()))

    def events(self) -> list[Publication]:
        """Awards, targets and readings."""
        readings = list(readings_sent())
        self.answer_key.load_readings(rollup(_loaded(readings)))
        return self._handed_out([*awards(), *targets(), *readings])

    def _handed_out(self, events: list[Sent]) -> list[Publication]:
        sent.note(self.answer_key, events)
        return list(sent.publications(events))


def _read(name: str) -> Any:
    return json.loads(files("simulation").joinpath(name).read_text("utf-8"))


def awards() -> Iterator[Sent]:
    """The awards of Fushun, in the order of the text."""
    told = _read("facts/awards.json")
    division, reported = told["division"], day_start_ms(date.fromisoformat(told["reported"]))
    for number, award in enumerate(told["awards"], 1):
        event = {
            "division": division,
            "revision": 1,
            "reported_at": reported,
            "source_ref": f"政协主办〔2023〕3号 第{number}项",
            "award_number": f"{division}-{told['fiscal_year']}-{number:02d}",
            "policy": told["policy"],
            "clause": award["clause"],
            "fiscal_year": told["fiscal_year"],
            "project_code": None,
            "payee": None,
            "payee_name": award["payee_name"],
            "payee_count": award["count"],
            "basis": None,
            "amount": award["amount_yuan"] * _FEN,
            "uplift": False,
            "level": told["level"],
            "mode": award["mode"],
            "status": told["status"],
            "document_number": None,
            "publicised_on": None,
            "approved_on": None,
            "paid_on": None,
            "paid_amount": None,
        }
        yield Sent("award", division, (event["award_number"],), event, Outcome.ACCEPTED)


def targets() -> Iterator[Sent]:
    """The yearly targets, one event for each year a target stands for."""
    told = _read("facts/targets.json")
    for target in told["targets"]:
        division = target["division"]
        for year in target["years"]:
            event = {
                "division": division,
                "revision": 1,
                "reported_at": day_start_ms(date.fromisoformat(told["reported"][division])),
                "source_ref": target["wording"],
                "indicator": target["indicator"],
                "period": str(year),
                "value": float(target["value"]),
                "unit": target["unit"],
                "cumulative": False,
            }
            yield Sent("indicator", division, (division, target["indicator"], str(year)), event, Outcome.ACCEPTED)


def _frames() -> list[dict[str, Any]]:
    lines = files("simulation").joinpath("frames/readings.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def registrations() -> Iterator[Sent]:
    """One made-up registration for each monitor that has a number."""
    monitors: dict[str, list[str]] = {}
    for reading in _frames():
        monitors.setdefault(reading["mn"], []).append(reading["pollutant"])
    for mn, factors in monitors.items():
        if mn:
            water = sum(factor.startswith("w") for factor in factors) > len(factors) / 2
            event = {
                "division": _BENCH,
                "revision": 1,
                "reported_at": day_start_ms(date(2025, 5, 1)),
                "source_ref": None,
                "mn": mn,
                "outlet_name": "公开报文样例（模拟登记）",
                "enterprise": credit("340100", 59_999_999),
                "enterprise_name": "HJ 212 公开报文样例（模拟登记，非真实企业）",
                "medium": "WATER" if water else "AIR",
                "longitude": None,
                "latitude": None,
                "limits": [],
            }
            yield Sent("registration", _BENCH, (mn,), event, Outcome.ACCEPTED)


def readings_sent() -> Iterator[Sent]:
    """The readings of the frames with what must become of each, as far as the readings themselves tell."""
    known: dict[tuple[Any, ...], dict[str, Any]] = {}
    of = contract("reading")
    for entry in _frames():
        event = {name: entry[name] for name in of.names}
        key = tuple(event[name] for name in of.key)
        code = _refused(event)
        before = known.get(key)
        if code is None and before is not None:
            same = all(event[name] == before[name] for name in of.content)
            outcome, code = (Outcome.DUPLICATE, None) if same else (Outcome.QUARANTINED, CONFLICT)
        else:
            outcome = Outcome.ACCEPTED if code is None else Outcome.QUARANTINED
        if outcome is Outcome.ACCEPTED:
            known[key] = event
        yield Sent("reading", _BENCH, (event["mn"],), event, outcome, code)


def _refused(event: Mapping[str, Any]) -> str | None:
    """Why a reading cannot be loaded: no number of the monitor, a factor nobody knows, a clock that is wrong."""
    if not event["mn"]:
        return "RD-MN-01"
    if event["pollutant"] not in code_table("pollutant"):
        return "RD-POLLUTANT-01"
    return "RD-START-02" if event["start"] > _CLOCK else None


def _loaded(readings: list[Sent]) -> pl.DataFrame:
    loaded = [one.event for one in readings if one.outcome is Outcome.ACCEPTED]
    frame = pl.DataFrame(loaded, schema=polars_schema(contract("reading")))
    return frame.with_columns(pl.lit(_BENCH).alias("city"), pl.lit(None, pl.Float64).alias("limit"))
