"""Awards of the synthetic year: those within their clauses, and those planted, each with what it looks like.

Planted awards rest on the clause for demonstration projects (10 % of equipment and software, at most five million
yuan), each on a project of its own that keeps to its plan, so that no two plantings touch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from math import gcd
from typing import Any, Final

import numpy as np

from huiliu import division
from simulation.awards import Award, allowed, awards
from simulation.oversight_year.size import PROVINCE, Size, moment
from simulation.projects import Project
from simulation.registry import Enterprise
from validators.policies import clause, policies, policy

POLICY: Final = "ah-2023-2025"
CLAUSE: Final = "1.demo"
OTHERS_CLAUSE: Final = "2.provider"  #: its payee is not the project's own enterprise
_EPOCH: Final = date(1970, 1, 1)
_HUNDRED_YUAN: Final = 10_000

#: Days from proposal to each further step.
_IN_TIME: Final = (("PROPOSED", 0), ("PUBLICISED", 10), ("APPROVED", 10), ("PAID", 20))
_JUST_IN_TIME: Final = (*_IN_TIME[:3], ("PAID", 57))
_LATE: Final = (*_IN_TIME[:3], ("PAID", 105))
_RECOVERED: Final = (*_IN_TIME, ("RECOVERED", 30))


@dataclass(frozen=True, slots=True)
class Scheme:
    """One sort of planted award: one or two awards about one project.

    ``shares``: the amount of each as a share of what the clause allows. ``mended``: days after its last step at which
    a correction of the (last) award puts it right, None where it never is. ``basis``: as a share of the project's
    equipment and software.
    """

    name: str
    topic: str
    note: str
    guilty: bool = True
    shares: tuple[float, ...] = (0.8,)
    paths: tuple[tuple[tuple[str, int], ...], ...] = (_IN_TIME,)
    levels: tuple[str, ...] = ("PROVINCE", "CITY")
    apart: int = 30  #: days between the two
    basis: float = 1.0
    payee: str = "own"
    clause: str = CLAUSE
    mended: int | None = None
    shown: int = 0  #: days after the last step until it shows
    least_months: int = 3


SCHEMES: Final = (
    Scheme("over-cap-mended", "award-over-cap", "超上限后核减 | above the cap, then reduced", shares=(1.2,), mended=15),
    Scheme("at-cap", "award-over-cap", "恰为上限 | exactly at the cap", guilty=False, shares=(1.0,)),
    Scheme("stacked-levels", "award-stacked", "省市重复，追回一笔 | by province and city, one of them recovered",
           shares=(0.7, 0.6), paths=(_IN_TIME, _RECOVERED), apart=5),
    Scheme("stacked-below", "award-stacked", "省市合计恰为上限 | by province and city, together exactly at the cap",
           guilty=False, shares=(0.6, 0.4)),
    Scheme("paid-late-mended", "award-paid-late", "逾期拨付 | paid after the term", paths=(_LATE,), least_months=5),
    Scheme("never-paid", "award-paid-late", "一直未拨付 | never paid", paths=(_IN_TIME[:3],), shown=62),
    Scheme("paid-in-time", "award-paid-late", "限期前三日拨付 | paid three days before the term is over", guilty=False,
           paths=(_JUST_IN_TIME,)),
    Scheme("other-payee-mended", "award-other-payee", "拨付他人后更正 | to another payee, then put right",
           payee="other", mended=20),
    Scheme("provider", "award-other-payee", "服务商条款 | a clause that pays the provider", guilty=False,
           payee="other", clause=OTHERS_CLAUSE),
    Scheme("basis-mended", "award-basis", "基数高于项目投资后更正 | a basis above the investment, then put right",
           basis=1.4, mended=25),
    Scheme("basis-equal", "award-basis", "基数与项目一致 | the basis of the project", guilty=False, basis=1.0),
    Scheme("stacked-years", "award-stacked", "跨年重复 | in two years",
           shares=(0.7, 0.7), levels=("PROVINCE", "PROVINCE"), apart=400),
    Scheme("other-payee-kept", "award-other-payee", "拨付他人 | to another payee", payee="other"),
    Scheme("basis-kept", "award-basis", "基数高于项目投资 | a basis above the investment", basis=1.3),
    Scheme("over-cap-kept", "award-over-cap", "超上限 | above the cap", shares=(1.3,)),
)  # fmt: skip
#: Share of the awards that are planted, once each scheme has been planted.
_PLANTED: Final = 0.12


@dataclass(frozen=True, slots=True)
class AwardReport:
    """One report: the event, and when it was known."""

    known_from: datetime
    event: dict[str, Any]


@dataclass(slots=True)
class AwardLife:
    """Awards of one scheme (None: within its clause), and what is reported of each, in the order of time."""

    scheme: Scheme | None
    awards: tuple[Award, ...]
    reports: list[AwardReport] = field(default_factory=list)


def lives(
    generator: np.random.Generator, firms: list[Enterprise], about: Sequence[Project], size: Size
) -> list[AwardLife]:
    """The planted ones first, on projects of their own; then awards over all clauses in turn."""
    fitting = [scheme for scheme in SCHEMES if scheme.least_months <= size.months]
    count = max(len(fitting), round(size.awards * _PLANTED))
    free = list(about)
    found, number = [], 900_000
    for place in range(min(count, len(free))):
        scheme, project = fitting[place % len(fitting)], free[-1 - place]
        found.append(_planted(generator, scheme, project, firms, number, size))
        number += len(scheme.shares)
    rest = max(0, size.awards - sum(len(life.awards) for life in found))
    found += _usual(generator, firms, free[: len(free) - count], rest, size)
    return found


def _usual(
    generator: np.random.Generator, firms: list[Enterprise], about: Sequence[Project], count: int, size: Size
) -> Iterator[AwardLife]:
    """Awards of all clauses, begun from half a year before to the end of the year, paid in time."""
    span = (size.after - size.first).days
    for award in awards(generator, _spread(firms), list(about), count, size.first):
        begun = size.first + timedelta(days=int(generator.integers(-120, span)))
        path = _RECOVERED if generator.random() < 0.04 else _IN_TIME
        told = replace(award, begun=begun, path=path[:4] if award.automatic else path, steps=len(path))
        yield _reported(AwardLife(None, (told,)), {}, generator)


def _spread(firms: list[Enterprise]) -> list[Enterprise]:
    """As many of the firms as share no divisor with the number of clauses: no firm meets a clause twice in turn."""
    clauses = sum(len(one.clauses) for one in policies().values() if one.province == PROVINCE)
    return firms[: next(count for count in range(len(firms), 0, -1) if gcd(count, clauses) == 1)]


def _planted(
    generator: np.random.Generator, scheme: Scheme, project: Project, firms: list[Enterprise], number: int, size: Size
) -> AwardLife:
    length = sum(days for _, days in scheme.paths[-1]) + (scheme.mended or 0) + scheme.shown
    latest = max(1, (size.after - size.first).days - length - 10)
    begun = size.first + timedelta(days=int(generator.integers(latest)))
    given = []
    for place, share in enumerate(scheme.shares):
        path = scheme.paths[min(place, len(scheme.paths) - 1)]
        last = place == len(scheme.shares) - 1
        day = begun if last else begun - timedelta(days=scheme.apart)
        given.append(_award(generator, scheme, project, firms, number + place, day, share, scheme.levels[place], path))
    life = AwardLife(scheme, tuple(given))
    return _reported(life, _mending(scheme, given[-1], project), generator)


def _award(
    generator: np.random.Generator,
    scheme: Scheme,
    project: Project,
    firms: list[Enterprise],
    number: int,
    begun: date,
    share: float,
    level: str,
    path: tuple[tuple[str, int], ...],
) -> Award:
    terms = clause(POLICY, scheme.clause)
    own = project.equipment + project.software
    basis = int(own * scheme.basis) if terms.basis else None
    payee = project.enterprise if scheme.payee == "own" else _another(generator, firms, project)
    return Award(
        number=f"AH-{project.city}-{begun.year}-{number:06d}",
        city=project.city,
        county=project.county,
        policy=policy(POLICY),
        clause=terms,
        project=project,
        firm=payee,
        count=1,
        basis=basis,
        amount=_amount(allowed(terms, basis, 1, uplift=False), share),
        uplift=False,
        level=level,
        automatic=False,
        begun=begun,
        steps=len(path),
        path=path,
    )


def _amount(most: int | None, share: float) -> int:
    """A share of what is allowed, in whole hundreds of yuan; all of it to the fen."""
    assert most is not None  # noqa: S101 (the planted clauses state a number)
    return most if share == 1.0 else int(most * share) // _HUNDRED_YUAN * _HUNDRED_YUAN


def _another(generator: np.random.Generator, firms: list[Enterprise], project: Project) -> Enterprise:
    """Another firm of the same city."""
    others = [firm for firm in firms if division.city_of(firm.division) == project.city and firm != project.enterprise]
    return others[int(generator.integers(len(others)))]


def _mending(scheme: Scheme, award: Award, project: Project) -> dict[str, Any]:
    """What the correction of a mended scheme says."""
    if scheme.mended is None:
        return {}
    if scheme.topic == "award-other-payee":
        return {"payee": project.enterprise.credit_code, "payee_name": project.enterprise.name}
    basis = project.equipment + project.software
    most = allowed(award.clause, basis, 1, uplift=False)
    amount = min(award.amount, most if most is not None else award.amount)
    return {"basis": basis, "amount": amount, "paid_amount": amount}


def _reported(life: AwardLife, mending: Mapping[str, Any], generator: np.random.Generator) -> AwardLife:
    """Each step is reported on the day after, between eight and six."""
    for place, award in enumerate(life.awards):
        events = list(award.events())
        for event in events:
            life.reports.append(_report(event, generator))
        if mending and place == len(life.awards) - 1:
            scheme = life.scheme
            later = (scheme.mended or 0) * 86_400_000 if scheme else 0
            again = {**events[-1], **mending} | {"revision": events[-1]["revision"] + 1}
            again |= {"reported_at": events[-1]["reported_at"] + later}
            life.reports.append(_report(again, generator))
    life.reports.sort(key=lambda report: report.known_from)
    return life


def _report(event: dict[str, Any], generator: np.random.Generator) -> AwardReport:
    day = _EPOCH + timedelta(days=(event["reported_at"] + 8 * 3_600_000) // 86_400_000)
    known = moment(day, int(generator.integers(8, 18)), int(generator.integers(60)))
    return AwardReport(known, event | {"reported_at": round(known.timestamp() * 1000)})
