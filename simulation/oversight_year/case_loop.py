"""The closed loop of a synthetic year: day by day what stands becomes cases, directives are answered, cases close.

Everything about cases is the hub's own (:mod:`oversight.cases`); what is simulated is who answers how and an official
who decides on the morning after.

At each moment, in this order:

1. answers that have arrived by then are taken or refused, in the order of their times;
2. the official grants the time that was asked for, and returns what was objected to;
3. what stands is judged, and what follows is applied;
4. each directive that went out is answered, later, in its division's way.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import polars as pl

from huiliu.period import SHANGHAI
from oversight.cases.answer import read, respond
from oversight.cases.case import Case, applied
from oversight.cases.event import CaseEvent
from oversight.cases.judgement import judge
from oversight.cases.official import act
from oversight.rule import Rule
from simulation.oversight_year.answers import Directive, Way, answers, way
from simulation.oversight_year.comparison import FAMILIES, FOUND

_OFFICIAL: Final = "模拟督查员"
_EPOCH: Final = date(1970, 1, 1)
#: What is found again within so many days of its closing is the same case.
_RECURS_DAYS: Final = 30


@dataclass(slots=True)
class Loop:
    """Cases and their events so far. ``refused``: refusals of answers by their code."""

    seed: int
    cases: dict[str, Case] = field(default_factory=dict)
    events: list[CaseEvent] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    _newest: dict[str, str] = field(default_factory=dict)
    _coming: list[tuple[int, int, Mapping[str, Any]]] = field(default_factory=list)
    _sent: int = 0

    def step(self, as_of: datetime, standing: pl.DataFrame, rules: Sequence[Rule]) -> None:
        """One judgement, as the module says."""
        self._arrive(as_of)  # 1
        self._decide(as_of)  # 2
        told = judge((self.cases[number] for number in self._newest.values()), standing, rules, as_of)  # 3
        self._apply(told.events)
        for event in told.events:
            if event.kind in ("ASSIGNED", "REOPENED", "TRANSFERRED", "RETURNED"):
                self._send(self.cases[event.number], event)  # 4

    def _apply(self, events: Iterable[CaseEvent]) -> None:
        for event in events:
            case = applied(self.cases.get(event.number), event)
            self.cases[event.number] = case
            self._newest[case.cause] = case.number
            self.events.append(event)

    def _arrive(self, as_of: datetime) -> None:
        until = round(as_of.timestamp() * 1000)
        while self._coming and self._coming[0][0] <= until:
            at, _, event = heapq.heappop(self._coming)
            received = datetime.fromtimestamp(at / 1000, UTC)
            told = respond(self.cases.get(event["case_number"]), read(_record(event)), received)
            if told.refusal is not None:
                self.refused[told.refusal.code] += 1
            self._apply(told.events)

    def _decide(self, as_of: datetime) -> None:
        for number in list(self._newest.values()):
            case = self.cases[number]
            if not case.open:
                continue
            if case.asked_until is not None:
                word = "extend" if case.asked_until >= as_of.astimezone(SHANGHAI).date() else "refuse"
                self._apply(act(case, word, _OFFICIAL, "同意延期（模拟）", as_of))
            elif case.objected and case.state in ("REPORTED", "CHECKING"):
                self._apply(act(case, "return", _OFFICIAL, "异议不成立（模拟）", as_of))

    def _send(self, case: Case, event: CaseEvent) -> None:
        """A directive of a case that was assigned before continues its sequence."""
        told = event.data
        directive = Directive(
            case.number, case.cause, case.division, event.at, _evening(told["next_date"]), _evening(told["mend_by"]),
            returned=event.kind == "RETURNED",
        )  # fmt: skip
        taken = max(case.answers, default=0)
        for answer in answers(self.seed, directive):
            self._sent += 1
            one = answer | {"sequence": answer["sequence"] + taken}
            heapq.heappush(self._coming, (one["reported_at"], self._sent, one))

    def found(self) -> pl.DataFrame:
        """Spans in which cases were open (``comparison.FOUND``): from finding or reopening to closing."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for event in self.events:
            case = self.cases[event.number]
            if event.kind in ("FOUND", "REOPENED"):
                row = {"family": case.family, "subject": case.subject, "opened_at": event.at, "closed_at": None}
                rows.setdefault(event.number, []).append(row | {"severity": case.severity})
            elif event.kind == "CLOSED":
                rows[event.number][-1]["closed_at"] = event.at
        told = [row for own in rows.values() for row in own]
        moments = ("opened_at", "closed_at")
        spoken = {name: pl.Datetime("us", "UTC") if name in moments else kind for name, kind in FOUND.items()}
        return pl.DataFrame(told, schema=spoken).cast(FOUND).sort("family", "subject", "opened_at")

    def recurrences(self, key: pl.DataFrame) -> dict[str, int]:
        """What became of causes that were planted again: within 30 days of their mending, and later.

        ``within`` and ``after`` count the planted ones; ``reopened`` those within that made no case of their own,
        ``new`` those after that did.
        """
        families = pl.col("topic").replace(FAMILIES).alias("family")
        judged = list({case.family for case in self.cases.values()})
        planted = key.filter("due").with_columns(families).filter(pl.col("family").is_in(judged))
        planted = planted.sort("family", "subject", "opens_at")
        over = ("family", "subject")
        gap = (_judged_on("opens_at") - _judged_on("closes_at").shift(1).over(over)).dt.total_days()
        again = planted.with_columns(gap=gap).drop_nulls("gap").filter(pl.col("gap") >= 0)
        told = {"within": 0, "reopened": 0, "after": 0, "new": 0}
        opened = [event for event in self.events if event.kind == "FOUND"]
        begun: dict[tuple[str, str], list[datetime]] = {}
        for event in opened:
            case = self.cases[event.number]
            begun.setdefault((case.family, case.subject), []).append(event.at)
        for family, subject, opens, days in again.select(*over, "opens_at", "gap").iter_rows():
            own = [at for at in begun.get((family, subject), ()) if opens <= at <= opens + timedelta(days=2)]
            told["within" if days <= _RECURS_DAYS else "after"] += 1
            if days <= _RECURS_DAYS and not own:
                told["reopened"] += 1
            elif days > _RECURS_DAYS and own:
                told["new"] += 1
        return told

    def by_way(self) -> list[dict[str, Any]]:
        """How cases went, by the way in which their division answers."""
        return [self._went(name, list(cases)) for name, cases in _grouped(self.cases.values(), self._way)]

    def _way(self, case: Case) -> Way:
        return way(self.seed, case.cause)

    def _went(self, name: str, cases: Sequence[Case]) -> dict[str, Any]:
        own = {case.number for case in cases}
        counted = Counter(event.kind for event in self.events if event.number in own)
        return {
            "way": name,
            "cases": len(cases),
            "closed": sum(not case.open for case in cases),
            "signed for": counted["ACKNOWLEDGED"],
            "reported": counted["REPORTED"],
            "returned": counted["RETURNED"],
            "extended": counted["EXTENDED"],
            "escalated": counted["ESCALATED"],
            "reopened": counted["REOPENED"],
        }


def _grouped(cases: Iterable[Case], of: Callable[[Case], Way]) -> Iterator[tuple[str, list[Case]]]:
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(of(case), []).append(case)
    yield from sorted(groups.items())


def _judged_on(moment: str) -> pl.Expr:
    """The Shanghai day of the first judgement at or after a moment: one in the morning."""
    return (pl.col(moment).dt.offset_by("7h") - pl.duration(milliseconds=1)).dt.date() + pl.duration(days=1)


def _evening(day: str) -> datetime:
    """Six in the afternoon of a day in Shanghai, as UTC."""
    return datetime.combine(date.fromisoformat(day), time(18), SHANGHAI).astimezone(UTC)


def _record(event: Mapping[str, Any]) -> dict[str, Any]:
    """A response as decoded: dates as dates."""
    until = event["requested_until"]
    return {**event, "requested_until": None if until is None else _EPOCH + timedelta(days=until)}
