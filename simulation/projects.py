"""Projects of the synthetic province and their monthly reports, each a revision of the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from huiliu import division
from huiliu.period import DAY_MS, day_start_ms
from schemas.contract import codes
from simulation.faults import Fault
from simulation.lives import Change, Disturbance, Event, Faults, Life, broken_check, by_content, outside
from simulation.registry import Enterprise
from simulation.sent import Sent

_EPOCH: Final = date(1970, 1, 1)
#: Fen in ten thousand yuan.
WAN_YUAN: Final = 1_000_000

#: The usual next stage, and how likely it is reached within a month.
_NEXT: Final = {
    "RESERVE": ("PRELIMINARY", 0.25),
    "PRELIMINARY": ("STARTED", 0.3),
    "STARTED": ("BUILDING", 0.6),
    "BUILDING": ("COMPLETED", 0.12),
    "COMPLETED": ("PRODUCING", 0.4),
    "STOPPED": ("BUILDING", 0.4),
}
_UNDER_WAY: Final = ("STARTED", "BUILDING")
_DONE: Final = ("COMPLETED", "PRODUCING")
#: Where projects stand before the first report.
_BEFORE: Final = (
    *("RESERVE", "PRELIMINARY", "STARTED") * 2,
    *("BUILDING",) * 4,
    *("COMPLETED", "PRODUCING", "STOPPED"),
)
_SUFFIX: Final = {
    "MAJOR_PROJECT": "生产基地项目",
    "TECHNICAL_TRANSFORMATION": "设备更新改造项目",
    "SMART_FACTORY": "智能工厂项目",
    "DIGITAL_WORKSHOP": "数字化车间项目",
    "DIAGNOSIS": "智能化诊断项目",
    "PLATFORM": "工业互联网平台项目",
    "PARK_SAMPLE": "园区数字化样板项目",
    "PILOT_BASE": "中试基地项目",
}


def days(day: date) -> int:
    """Days since 1970-01-01, as the contracts carry dates."""
    return (day - _EPOCH).days


def months(first: date, count: int) -> list[date]:
    """First days of ``count`` months in a row."""
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


@dataclass(slots=True)
class Project:
    """A project as it stands; ``report`` turns it into an event."""

    code: str
    city: str
    county: str
    name: str
    enterprise: Enterprise
    industry: str
    programme: str
    tier: str
    stage: str
    planned: int  #: fen
    equipment: int
    software: int
    share: float  #: of the planned investment that is done
    start: date
    completion: date
    revision: int = 0
    started: date | None = None
    completed: date | None = None

    @property
    def cumulative(self) -> int:
        """Investment done, fen, in whole ten-thousands of yuan."""
        return int(self.planned * self.share) // WAN_YUAN * WAN_YUAN

    def report(self, month: date, generator: np.random.Generator) -> dict[str, Any]:
        """The event for a month, with the next revision; sent early in the month after."""
        self.revision += 1
        after = day_start_ms(month + timedelta(days=32)) // DAY_MS * DAY_MS
        done = self.stage in (*_UNDER_WAY, *_DONE, "STOPPED") and self.started is not None
        return {
            "division": self.county,
            "revision": self.revision,
            "reported_at": after + int(generator.integers(DAY_MS)),
            "source_ref": f"{self.code[-6:]}-{month:%Y%m}",
            "project_code": self.code,
            "name": self.name,
            "enterprise": self.enterprise.credit_code,
            "industry": self.industry,
            "programme": self.programme,
            "tier": self.tier,
            "stage": self.stage,
            "month": f"{month:%Y-%m}",
            "planned_investment": self.planned,
            "cumulative_investment": self.cumulative,
            "equipment_investment": self.equipment,
            "software_investment": self.software,
            "progress": round(100 * self.cumulative / self.planned, 1),
            "planned_start": days(self.start),
            "planned_completion": days(self.completion),
            "actual_start": days(self.started) if done and self.started else None,
            "actual_completion": days(self.completed) if self.stage in _DONE and self.completed else None,
            "responsible_unit": f"{division.name(self.county)}经信局（模拟）",
            "responsible_person": None,
        }

    def advance(self, month: date, generator: np.random.Generator) -> None:
        """What another month brings."""
        if self.stage in _UNDER_WAY:
            self.share = min(0.97, self.share + float(generator.uniform(0.01, 0.09)))
        chance = generator.random()
        onward, likely = _NEXT.get(self.stage, (self.stage, 0.0))
        if chance < likely:
            self._enter(onward, month)
        elif self.stage == "BUILDING" and chance > 0.99:
            self.stage = "STOPPED"
        elif self.stage == "RESERVE" and chance > 0.985:
            self.stage = "CANCELLED"

    def _enter(self, stage: str, month: date) -> None:
        self.stage = stage
        if stage == "STARTED":
            self.started = month + timedelta(days=9)
        if stage == "COMPLETED":
            self.share, self.completed = 1.0, month + timedelta(days=19)


def projects(generator: np.random.Generator, firms: list[Enterprise], count: int, first: date) -> list[Project]:
    """Projects of the firms, over all programmes and tiers, as they stood before the month ``first``."""
    return [_project(generator, firms[number % len(firms)], number, first) for number in range(count)]


def _project(generator: np.random.Generator, firm: Enterprise, number: int, first: date) -> Project:
    programmes, tiers = codes("programme"), codes("tier")
    programme = programmes[number % len(programmes)].code
    industries = codes("industry")
    planned = int(np.exp(generator.normal(np.log(8000), 1.2)) + 200) * WAN_YUAN
    begun = first - timedelta(days=int(generator.integers(60, 700)))
    stage = _BEFORE[int(generator.integers(len(_BEFORE)))]
    return Project(
        code=_code(firm.division, number, begun, generator),
        city=division.city_of(firm.division),
        county=firm.division,
        name=firm.name.removesuffix("）").replace("有限公司（", "") + f"）{_SUFFIX[programme]}",
        enterprise=firm,
        industry=industries[int(generator.integers(len(industries)))].code,
        programme=programme,
        tier=tiers[int(generator.integers(len(tiers)))].code,
        stage=stage,
        planned=planned,
        equipment=int(planned * 0.6) // WAN_YUAN * WAN_YUAN,
        software=int(planned * 0.08) // WAN_YUAN * WAN_YUAN,
        share=_share(stage, generator),
        start=begun,
        completion=begun + timedelta(days=int(generator.integers(400, 1200))),
        started=None if stage in ("RESERVE", "PRELIMINARY") else begun + timedelta(days=14),
        completed=first - timedelta(days=12) if stage in _DONE else None,
    )


def _share(stage: str, generator: np.random.Generator) -> float:
    if stage in ("RESERVE", "PRELIMINARY"):
        return 0.0
    return 1.0 if stage in _DONE else float(generator.uniform(0.02, 0.5))


def _code(county: str, number: int, begun: date, generator: np.random.Generator) -> str:
    """A national project code: of the form of 2014 where the project was recorded before December 2020, or of 2020."""
    old = number % 5 == 0
    if old:
        return f"{2016 + number % 4}-{county}-{15 + number % 25:02d}-03-{number % 1_000_000:06d}"
    return f"{begun:%y%m}-{county}-07-02-{(number * 7 + int(generator.integers(7))) % 1_000_000:06d}"


def _fell(event: Mapping[str, Any], former: Mapping[str, Any] | None) -> Event | None:
    if former is None or former["cumulative_investment"] <= WAN_YUAN:
        return None
    return {"cumulative_investment": former["cumulative_investment"] - WAN_YUAN}


def _went_back(event: Mapping[str, Any], former: Mapping[str, Any] | None) -> Event | None:
    if former is None or former["stage"] not in _DONE:
        return None
    return {"stage": "BUILDING", "actual_completion": None}


#: By name of fault: what it changes in a report.
CHANGES: Final[Mapping[str, Change]] = {
    "outside jurisdiction": outside,
    "malformed project code": lambda event, _: {"project_code": "2013" + event["project_code"][4:]},
    "wrong credit code": lambda event, _: {"enterprise": broken_check(event["enterprise"])},
    "no name": lambda *_: {"name": "\u3000"},
    "industry without class": lambda event, _: {"industry": f"C{event['industry'][:3]}"},
    "progress above 100": lambda *_: {"progress": 120.0},
    "progress NaN": lambda *_: {"progress": float("nan")},
    "amount beyond 2^53": lambda *_: {"planned_investment": 2**53 + 2},
    "negative investment": lambda *_: {"cumulative_investment": -1},
    "month of the future": lambda *_: {"month": "2099-01"},
    "completion before start": lambda event, _: {"planned_completion": event["planned_start"] - 30},
    "start in the year 0": lambda *_: {"planned_start": -719_528},
    "completed without a date": lambda *_: {"stage": "COMPLETED", "actual_completion": None},
    "investment fell": _fell,
    "stage went back": _went_back,
}

FAULTS: Final = (
    Fault("outside jurisdiction", "project", "HL-JUR-01", "区划不在报送单位辖区内", "division outside the publisher's"),
    Fault("malformed project code", "project", "PJ-CODE-01", "项目代码格式错误", "a malformed project code"),
    Fault("wrong credit code", "project", "PJ-ENTERPRISE-02", "信用代码校验位错误", "a wrong check in the credit code"),
    Fault("no name", "project", "PJ-NAME-01", "项目名称为空", "no name"),
    Fault("industry without class", "project", "PJ-INDUSTRY-01", "行业代码不是四位数字", "industry is not four digits"),
    Fault("progress above 100", "project", "PJ-PROGRESS-01", "进度超过 100", "progress above 100"),
    Fault("progress NaN", "project", "HL-FINITE-01", "进度为 NaN", "progress is not a number"),
    Fault("amount beyond 2^53", "project", "PJ-INVEST-01", "金额超过 2^53", "an amount beyond 2^53"),
    Fault("negative investment", "project", "PJ-INVEST-02", "累计投资为负", "negative investment"),
    Fault("month of the future", "project", "PJ-MONTH-02", "月份在未来", "a month of the future"),
    Fault("completion before start", "project", "PJ-DATE-01", "计划竣工早于开工", "planned completion before start"),
    Fault("start in the year 0", "project", "PJ-DATE-03", "计划开工在公元 0 年", "planned start in the year 0"),
    Fault("completed without a date", "project", "PJ-STAGE-02", "竣工无日期", "completed without a date"),
    Fault("investment fell", "project", "PJ-HISTORY-01", "累计投资减少", "cumulative investment fell", weight=6.0),
    Fault("stage went back", "project", "PJ-HISTORY-03", "项目阶段倒退", "the stage went back", weight=6.0),
)


def reports(
    generator: np.random.Generator, about: list[Project], due: list[date], share: Disturbance, byte_faults: Faults
) -> Iterator[Sent]:
    """All monthly reports, month after month."""
    faults = [*by_content(FAULTS, CHANGES), *byte_faults]
    lives = [Life("project", one.city, (one.code,), faults, {"name": f"{one.name}（一期）"}) for one in about]
    for place, month in enumerate(due):
        for one, life in zip(about, lives, strict=True):
            if place:
                one.advance(month, generator)
            yield from life.report(one.report(month, generator), generator, share)
