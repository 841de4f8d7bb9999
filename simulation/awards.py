"""Awards of the synthetic province: all clauses of Anhui's policies, within their limits, from proposal to payment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from huiliu import division
from huiliu.period import day_start_ms
from simulation.faults import Fault
from simulation.lives import Change, Disturbance, Event, Faults, Life, broken_check, by_content, outside
from simulation.projects import Project, days
from simulation.registry import Enterprise
from simulation.sent import Sent
from validators.policies import Clause, Policy, policies

_WHOLE: Final = 10_000  #: basis points in one
_HUNDRED_YUAN: Final = 10_000  #: fen

#: Steps an award may take, with how many days after the one before.
_BY_APPLICATION: Final = (("PROPOSED", 0), ("PUBLICISED", 20), ("APPROVED", 15), ("PAID", 40), ("RECOVERED", 20))
_AUTOMATIC: Final = (("APPROVED", 0), ("PAID", 25), ("RECOVERED", 20))
#: How many of those paid are recovered.
_RECOVERED: Final = 0.1


@dataclass(frozen=True, slots=True)
class Award:
    """One award: who gets what for what, and when it was first proposed."""

    number: str
    city: str
    county: str
    policy: Policy
    clause: Clause
    project: Project | None
    firm: Enterprise | None  #: None where a sum is for several
    count: int
    basis: int | None  #: fen
    amount: int  #: fen
    uplift: bool
    level: str
    automatic: bool
    begun: date
    steps: int  #: how many of its steps it has taken
    path: tuple[tuple[str, int], ...] = ()  #: its steps where they are others than those usual for its mode

    def events(self) -> Iterator[Event]:
        """Its events, one for each step, each a revision."""
        told: dict[str, Any] = {}
        day = self.begun
        for number, (status, after) in enumerate(self._path()[: self.steps]):
            day += timedelta(days=after)
            told |= _told(status, day, self)
            yield self._event(number + 1, status, day) | told

    def _path(self) -> tuple[tuple[str, int], ...]:
        return self.path or (_AUTOMATIC if self.automatic else _BY_APPLICATION)

    def _event(self, revision: int, status: str, day: date) -> Event:
        name = self.firm.name if self.firm else f"{division.name(self.city)}（模拟）等 {self.count} 户"
        return {
            "division": self.county,
            "revision": revision,
            "reported_at": day_start_ms(day + timedelta(days=1)),
            "source_ref": f"{self.number}/{revision}",
            "award_number": self.number,
            "policy": self.policy.policy,
            "clause": self.clause.clause,
            "fiscal_year": self.begun.year,
            "project_code": self.project.code if self.project else None,
            "payee": self.firm.credit_code if self.firm else None,
            "payee_name": name,
            "payee_count": self.count,
            "basis": self.basis,
            "amount": self.amount,
            "uplift": self.uplift,
            "level": self.level,
            "mode": "AUTOMATIC" if self.automatic else "APPLICATION",
            "status": status,
            "document_number": f"皖财企（模拟）〔{self.begun.year}〕{int(self.number[-6:]) % 900 + 1}号",
            "publicised_on": None,
            "approved_on": None,
            "paid_on": None,
            "paid_amount": None,
        }


def _told(status: str, day: date, award: Award) -> dict[str, Any]:
    """What a step adds for good."""
    if status == "PAID":
        return {"paid_on": days(day), "paid_amount": award.amount}
    if status == "RECOVERED":
        return {"paid_amount": 0}
    field = {"PUBLICISED": "publicised_on", "APPROVED": "approved_on"}.get(status)
    return {field: days(day)} if field else {}


def allowed(clause: Clause, basis: int | None, count: int, *, uplift: bool) -> int | None:
    """Fen: what the clause allows at most, counted here on its own; None where the policy states no number."""
    factor = _WHOLE + (clause.uplift_bp if uplift else 0)
    if clause.amount_fen is not None:
        return clause.amount_fen * count * factor // _WHOLE
    found = [] if clause.cap_fen is None else [clause.cap_fen * count * factor // _WHOLE]
    if clause.rate_bp is not None and basis is not None:
        found.append(basis * clause.rate_bp * factor // (_WHOLE * _WHOLE))
    return min(found, default=None)


def awards(
    generator: np.random.Generator, firms: list[Enterprise], about: list[Project], count: int, last: date
) -> list[Award]:
    """Awards over all clauses in turn. No two share both payee and project, and none a payee without a project."""
    clauses = [
        (policy, clause)
        for policy in policies().values()
        if policy.province == "340000"
        for clause in policy.clauses.values()
    ]
    free = iter(about)
    found = []
    for number in range(count):
        policy, clause = clauses[number % len(clauses)]
        project = next(free, None) if clause.per == "project" and clause.payee == "enterprise" else None
        found.append(_award(generator, policy, clause, project, firms[number % len(firms)], number, last))
    return found


def _award(
    generator: np.random.Generator,
    policy: Policy,
    clause: Clause,
    project: Project | None,
    firm: Enterprise,
    number: int,
    last: date,
) -> Award:
    payee = project.enterprise if project else firm
    city = division.city_of(payee.division)
    several = clause.payee == "locality"
    count = int(generator.integers(2, 40)) if several else 1
    uplift = policy.uplift is not None and city in policy.uplift.divisions and bool(generator.random() < 0.5)
    basis = _basis(clause, project, generator)
    most = allowed(clause, basis, count, uplift=uplift)
    part = 1.0 if clause.amount_fen is not None or clause.rate_bp is not None else float(generator.uniform(0.3, 1.0))
    amount = int((most if most is not None else 8_000_000) * part)
    if clause.amount_fen is None:
        amount = amount // _HUNDRED_YUAN * _HUNDRED_YUAN
    automatic = bool(generator.random() < 0.3)
    first = max(policy.valid_from, date(2023, 3, 1))
    begun = first + timedelta(days=int(generator.integers((last - first).days - 100)))
    return Award(
        number=f"AH-{city}-{begun.year}-{number + 1:06d}",
        city=city,
        county=payee.division,
        policy=policy,
        clause=clause,
        project=project,
        firm=None if several else payee,
        count=count,
        basis=basis,
        amount=amount,
        uplift=uplift,
        level=("PROVINCE", "PROVINCE", "CITY", "COUNTY")[int(generator.integers(4))],
        automatic=automatic,
        begun=begun,
        steps=_steps(_AUTOMATIC if automatic else _BY_APPLICATION, generator),
    )


def _steps(steps: tuple[tuple[str, int], ...], generator: np.random.Generator) -> int:
    taken = int(generator.integers(1, len(steps)))
    return taken + int(taken == len(steps) - 1 and generator.random() < _RECOVERED)


def _basis(clause: Clause, project: Project | None, generator: np.random.Generator) -> int | None:
    """What a rate applies to, fen: the project's own figures where it is about a project."""
    if clause.basis is None:
        return None
    if project is not None and clause.basis == "equipment":
        return project.equipment
    if project is not None and clause.basis == "equipment+software":
        return project.equipment + project.software
    return int(generator.integers(20, 3000)) * 1_000_000


def _above(event: Mapping[str, Any], _: Mapping[str, Any] | None, sort: str) -> Event | None:
    """One fen more than the clause allows, if it is this sort of clause that says so."""
    clause = policies()[event["policy"]].clauses[event["clause"]]
    most = allowed(clause, event["basis"], event["payee_count"], uplift=event["uplift"])
    capped = allowed(clause, None, event["payee_count"], uplift=event["uplift"])
    binding = "fixed" if clause.amount_fen is not None else "cap" if most == capped else "rate"
    return None if most is None or binding != sort else {"amount": most + 1}


def _paid_above(event: Mapping[str, Any], _: Mapping[str, Any] | None) -> Event | None:
    return None if event["paid_amount"] is None else {"paid_amount": event["amount"] + 1}


def _went_back(event: Mapping[str, Any], former: Mapping[str, Any] | None) -> Event | None:
    if former is None or former["status"] != "APPROVED":
        return None
    return {"status": "PROPOSED", "paid_on": None, "paid_amount": None}


CHANGES: Final[Mapping[str, Change]] = {
    "outside jurisdiction": outside,
    "above the cap": lambda event, former: _above(event, former, "cap"),
    "above the share": lambda event, former: _above(event, former, "rate"),
    "above the fixed amount": lambda event, former: _above(event, former, "fixed"),
    "paid above approved": _paid_above,
    "wrong credit code": lambda event, _: {"payee": broken_check(event["payee"])} if event["payee"] else None,
    "unknown policy": lambda *_: {"policy": "ah-2035"},
    "unknown clause": lambda *_: {"clause": "99.none", "uplift": False},
    "uplift without one": lambda event, _: {"uplift": True} if event["policy"] == "ah-2020-0493" else None,
    "negative amount": lambda *_: {"amount": -1, "paid_amount": None, "paid_on": None, "status": "PROPOSED"},
    "for nobody": lambda *_: {
        "payee_count": 0,
        "amount": 0,
        "paid_amount": None,
        "paid_on": None,
        "status": "PROPOSED",
    },
    "year of two digits": lambda event, _: {"fiscal_year": event["fiscal_year"] - 2000},
    "paid without amount": lambda event, _: {"paid_amount": None} if event["status"] == "PAID" else None,
    "approved before made public": lambda event, _: (
        {"publicised_on": event["approved_on"] + 1} if event["approved_on"] and not event["paid_on"] else None
    ),
    "status went back": _went_back,
}

FAULTS: Final = (
    Fault("outside jurisdiction", "award", "HL-JUR-01", "区划不在报送单位辖区内", "division outside the publisher's"),
    Fault("above the cap", "award", "AW-CAP-01", "超过条款上限", "above the clause's cap", weight=3.0),
    Fault("above the share", "award", "AW-CAP-02", "超过比例", "above the share of the basis", weight=3.0),
    Fault("above the fixed amount", "award", "AW-CAP-03", "超过定额", "above the fixed amount", weight=2.0),
    Fault("paid above approved", "award", "AW-PAID-01", "拨付超过批准", "paid above approved", weight=3.0),
    Fault("wrong credit code", "award", "AW-PAYEE-02", "信用代码校验位错误", "a wrong check in the credit code"),
    Fault("unknown policy", "award", "AW-POLICY-01", "政策不存在", "an unknown policy"),
    Fault("unknown clause", "award", "AW-POLICY-02", "条款不存在", "an unknown clause"),
    Fault("uplift without one", "award", "AW-UPLIFT-01", "政策没有上浮", "an uplift the policy has not", weight=3.0),
    Fault("negative amount", "award", "AW-AMOUNT-01", "金额为负", "a negative amount"),
    Fault("for nobody", "award", "AW-COUNT-01", "受益单位数为 0", "for nobody"),
    Fault("year of two digits", "award", "AW-YEAR-01", "两位数年度", "a year of two digits"),
    Fault("paid without amount", "award", "AW-PAID-02", "拨付无金额", "paid without an amount", weight=2.0),
    Fault("approved before made public", "award", "AW-DATE-01", "批准早于公示", "approved before it was made public"),
    Fault("status went back", "award", "AW-HISTORY-01", "状态倒退", "the status went back", weight=3.0),
)


def reports(
    generator: np.random.Generator, about: list[Award], share: Disturbance, byte_faults: Faults
) -> Iterator[Sent]:
    """All events of all awards, in the order of their times."""
    faults = [*by_content(FAULTS, CHANGES), *byte_faults]
    due = [(event["reported_at"], place, event) for place, one in enumerate(about) for event in one.events()]
    lives = [
        Life("award", one.city, (one.number,), faults, {"payee_name": f"{division.name(one.city)}（模拟）另一户"})
        for one in about
    ]
    for _, place, event in sorted(due, key=lambda entry: entry[:2]):
        yield from lives[place].report(event, generator, share)
