"""A hub without broker or database, record by record: decode, judge, decide. Slow and plain: to check the key by."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from huiliu import division
from huiliu.outcome import Outcome
from schemas.contract import contract, polars_schema
from schemas.decode import decode
from schemas.topics import parse_intake
from simulation.publication import Publication
from validators.judge import judge_event, judge_history, judge_reference

NOW = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1000
INVALIDATING = {"CALIBRATION", "FAULT", "MAINTENANCE", "STANDARD_CHECK", "COMMUNICATION", "STARTING", "STOPPED"}
Event = dict[str, Any]


@dataclass
class Hub:
    """Feed it publications; ``decided`` has one (kind, publisher, outcome, code) per record, in the order of kinds."""

    current: dict[str, dict[tuple[Any, ...], tuple[str, Event]]] = field(default_factory=lambda: defaultdict(dict))
    decided: list[tuple[str, str, Outcome, str | None]] = field(default_factory=list)

    def take(self, publications: Iterable[Publication]) -> None:
        by_kind: dict[str, list[tuple[str, bytes | None]]] = defaultdict(list)
        for publication in publications:
            place = parse_intake(publication.topic)
            assert place is not None
            by_kind[place.kind].append((place.division, publication.value))
        for kind in ("registration", "project", "award", "indicator", "nil", "reading"):
            self._kind(kind, by_kind[kind])

    def _kind(self, kind: str, records: Sequence[tuple[str, bytes | None]]) -> None:
        decoded = decode(kind, [value for _, value in records], record_bytes=1 << 20)
        codes: dict[int, str] = dict(decoded.refused.select("row", "code").iter_rows())
        frame = decoded.frame.with_columns(
            pl.Series("publisher", [records[row][0] for row in decoded.frame["row"]], pl.String),
            pl.lit(NOW).alias("received_at"),
        )
        codes |= first_errors(judge_event(kind, frame).findings)
        frame = frame.filter(~pl.col("row").is_in(list(codes)))
        frame = self._with_outlets(frame) if kind == "reading" else frame
        codes |= first_errors(judge_reference(kind, frame).findings)
        events = {event["row"]: event for event in frame.iter_rows(named=True)}
        key = contract(kind).key
        turns: Counter[tuple[Any, ...]] = Counter()
        rounds: dict[int, list[int]] = defaultdict(list)
        for row, event in events.items():
            rounds[turns[tuple(event[name] for name in key)]].append(row)
            turns[tuple(event[name] for name in key)] += 1
        outcomes: dict[int, tuple[Outcome, str | None]] = {}
        for rows in rounds.values():
            if kind != "reading":
                codes |= first_errors(
                    judge_history(kind, self._with_previous(kind, [events[row] for row in rows])).findings
                )
            for row in rows:
                outcomes[row] = self._decide(kind, records[row][0], events[row], codes.get(row))
        for row, (publisher, _) in enumerate(records):
            outcome, code = outcomes.get(row, (Outcome.QUARANTINED, codes.get(row)))
            assert outcome is not Outcome.QUARANTINED or code is not None
            self.decided.append((kind, publisher, outcome, code))

    def _with_outlets(self, frame: pl.DataFrame) -> pl.DataFrame:
        outlets = pl.DataFrame(
            [
                {
                    "mn": mn,
                    "outlet__division": event["division"],
                    "outlet__medium": event["medium"],
                    "outlet__enterprise": event["enterprise"],
                }
                for (mn,), (_, event) in self.current["registration"].items()
            ],
            schema=dict.fromkeys(("mn", "outlet__division", "outlet__medium", "outlet__enterprise"), pl.String),
        )
        return frame.join(outlets, on="mn", how="left", maintain_order="left")

    def _with_previous(self, kind: str, events: list[Event]) -> pl.DataFrame:
        of = contract(kind)
        types = dict(polars_schema(of))
        known = [self.current[kind].get(tuple(event[name] for name in of.key)) for event in events]
        before = [{f"previous__{name}": one[1][name] if one else None for name in types} for one in known]
        own = pl.DataFrame(
            [{name: event[name] for name in ("row", "publisher", "received_at", *types)} for event in events],
            schema={"row": pl.UInt32, "publisher": pl.String, "received_at": pl.Int64, **types},
        )
        return pl.concat(
            [own, pl.DataFrame(before, schema={f"previous__{name}": dtype for name, dtype in types.items()})],
            how="horizontal",
        )

    def _decide(self, kind: str, publisher: str, event: Event, code: str | None) -> tuple[Outcome, str | None]:
        if code is not None:
            return Outcome.QUARANTINED, code
        of = contract(kind)
        key = tuple(event[name] for name in of.key)
        known = self.current[kind].get(key)
        if known is None or event["revision"] > known[1]["revision"]:
            self.current[kind][key] = (publisher, event)
            return (Outcome.ACCEPTED if known is None else Outcome.CORRECTED), None
        if event["revision"] < known[1]["revision"]:
            return Outcome.STALE, None
        if all(event[name] == known[1][name] for name in of.content):
            return Outcome.DUPLICATE, None
        return Outcome.QUARANTINED, "HL-CONFLICT-01"

    def figures(self) -> dict[str, Any]:
        """The parts of ``simulation.answer_key``, counted one by one."""
        found: dict[str, Any] = {part: defaultdict(Counter) for part in ("by_kind", "by_city")}
        found |= {"totals": Counter(), "by_reason": Counter()}
        for kind, publisher, outcome, code in self.decided:
            for counts in (found["totals"], found["by_kind"][kind], found["by_city"][publisher]):
                counts.update(["received", outcome.name.lower()])
            if code is not None:
                found["by_reason"][code] += 1
        return found | {
            "reading": self._readings(),
            "project": self._sums("project", ("programme", "stage", "month"), _project),
            "award": self._sums("award", ("policy", "clause", "fiscal_year", "mode", "status"), _award),
            "indicator": {
                key: {"reports": 1, "value": event["value"]} for key, (_, event) in self.current["indicator"].items()
            },
        }

    def _sums(self, kind: str, names: Sequence[str], of: Any) -> dict[Any, Counter[str]]:
        found: dict[Any, Counter[str]] = defaultdict(Counter)
        for city, event in self.current[kind].values():
            found[city, *(event[name] for name in names)].update(of(event))
        return found

    def _readings(self) -> dict[Any, dict[str, Any]]:
        found: dict[Any, dict[str, Any]] = {}
        for publisher, event in self.current["reading"].values():
            city = division.city_of(publisher)
            day = (datetime.fromtimestamp(event["start"] / 1000, UTC) + timedelta(hours=8)).date()
            group = found.setdefault(
                (city, event["pollutant"], event["period"], day.isoformat()),
                dict.fromkeys(("readings", "valid", "averaged", "average_micro", "mass_micro", "exceedances"), 0)
                | {"maximum": None},
            )
            group["readings"] += 1
            if event["flag"] != "N" or event["mark"] in INVALIDATING:
                continue
            group["valid"] += 1
            self._valid(group, event, day)
        return found

    def _valid(self, group: dict[str, Any], event: Event, day: Any) -> None:
        if event["average"] is not None:
            group["averaged"] += 1
            group["average_micro"] += round(event["average"] * 1_000_000)
        group["mass_micro"] += round((event["cumulative"] or 0.0) * 1_000_000)
        largest = event["average"] if event["maximum"] is None else event["maximum"]
        group["maximum"] = max((one for one in (group["maximum"], largest) if one is not None), default=None)
        held = event["average"] if event["corrected"] is None else event["corrected"]
        limit = self._limit(event["mn"], event["pollutant"], (day - datetime(1970, 1, 1).date()).days)
        group["exceedances"] += int(limit is not None and held is not None and held > limit)

    def _limit(self, mn: str, pollutant: str, day: int) -> float | None:
        for limit in self.current["registration"][mn,][1]["limits"]:
            ends = limit["valid_to"]
            if limit["pollutant"] == pollutant and limit["valid_from"] <= day and (ends is None or day <= ends):
                return float(limit["value"])
        return None


def first_errors(findings: pl.DataFrame) -> dict[int, str]:
    """The first error code of each row."""
    found: dict[int, str] = {}
    for row, code, severity in findings.select("row", "code", "severity").iter_rows():
        if severity == "error":
            found.setdefault(row, code)
    return found


def _project(event: Event) -> dict[str, int]:
    return {"projects": 1, "planned": event["planned_investment"], "cumulative": event["cumulative_investment"]}


def _award(event: Event) -> dict[str, int]:
    return {"awards": 1, "payees": event["payee_count"], "amount": event["amount"], "paid": event["paid_amount"] or 0}


@pytest.fixture
def small_hub() -> Hub:
    """A hub that knows nothing yet."""
    return Hub()
