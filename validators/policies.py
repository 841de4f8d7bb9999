"""Award policies as data: which clause allows how much, by the words of the policy itself.

``policies/<policy>.json`` holds the clauses with their article and the words they rest on. Amounts are integer fen,
shares are basis points (ten-thousandths), so that no amount is ever a float.

    allowed = min(rate x basis, cap x count)      or, for a fixed amount,      amount x count

and the regional uplift lies on top of that result, cap included. Fractions of a fen are dropped once, at the very end
(floor): a subsidy is never rounded up. ``count`` is for how many firms, projects, platforms, parks, standards or
recognitions the sum is. A clause without rate, cap or amount allows no number: the answer is then None, not zero.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal

import polars as pl

from huiliu.money import Fen
from validators.errors import ValidatorError

Basis = Literal["equipment", "equipment+software", "interest", "lease-interest", "investment", "usage"]
Payee = Literal["enterprise", "provider", "locality", "park"]

WHOLE_BP: Final = 10_000  #: basis points in one
_FOLDER: Final = Path(__file__).parent / "policies"
_EPOCH: Final = date(1970, 1, 1)


class PolicyUnknown(ValidatorError):  # noqa: N818 (a state, named as people say it)
    """No such policy or clause in ``validators/policies``: names it and what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplift:
    """What a policy adds for some divisions, on top of every result."""

    rate_bp: int
    where: str  #: the policy's own words
    quote: str
    divisions: tuple[str, ...]  #: cities that are meant for sure; the list of counties is not in the policy
    divisions_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One entitlement. ``None`` in ``rate_bp``, ``cap_fen`` or ``amount_fen``: the policy states none."""

    policy: str
    clause: str
    zh: str
    en: str
    article: str  #: article of the policy in which it stands
    quote: str  #: the words it rests on
    basis: Basis | None  #: what the rate applies to
    rate_bp: int | None
    cap_fen: int | None  #: the most for one ``per``
    amount_fen: int | None  #: a fixed amount for one ``per``
    per: str  #: firm, project, platform, park, standard, recognition
    one_off: bool
    each: bool  #: several recognitions are named, each is awarded apart
    max_years: int | None  #: years of interest that count
    min_term_years: int | None  #: shortest loan or lease that counts
    paid_year_after: bool
    payee: Payee  #: who is paid: the project's own enterprise or another
    note: str | None
    uplift_bp: int  #: of its policy; 0 where it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy with its validity, both days included; ``valid_to`` None: until revoked."""

    policy: str
    zh: str
    en: str
    source: str  #: name of the text it was read from
    province: str
    valid_from: date
    valid_to: date | None
    review: str | None
    uplift: Uplift | None
    clauses: Mapping[str, Clause]

    def in_force(self, year: int) -> bool:
        """Whether in force on at least one day of the year."""
        return self.valid_from.year <= year and (self.valid_to is None or year <= self.valid_to.year)


def _read(path: Path) -> Policy:
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    uplift = Uplift(**{**data["uplift"], "divisions": tuple(data["uplift"]["divisions"])}) if data["uplift"] else None
    uplift_bp = uplift.rate_bp if uplift else 0
    clauses = [Clause(policy=data["policy"], uplift_bp=uplift_bp, **entry) for entry in data["clauses"]]
    valid_to = date.fromisoformat(data["valid_to"]) if data["valid_to"] else None
    return Policy(
        **{
            **data,
            "uplift": uplift,
            "valid_from": date.fromisoformat(data["valid_from"]),
            "valid_to": valid_to,
            "clauses": MappingProxyType({clause.clause: clause for clause in clauses}),
        }
    )


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy by its code."""
    read = [_read(path) for path in sorted(_FOLDER.glob("*.json"))]
    return MappingProxyType({policy.policy: policy for policy in read})


def policy(code: str) -> Policy:
    """The policy of this code. Raises PolicyUnknown."""
    known = policies()
    if code not in known:
        raise PolicyUnknown(f"policy {code!r} is not in validators/policies; there are: {', '.join(known)}")
    return known[code]


def clause(policy_code: str, code: str) -> Clause:
    """The clause of this policy. Raises PolicyUnknown."""
    clauses = policy(policy_code).clauses
    if code not in clauses:
        raise PolicyUnknown(f"policy {policy_code!r} has no clause {code!r}; it has: {', '.join(clauses)}")
    return clauses[code]


def clauses() -> tuple[Clause, ...]:
    """Every clause of every policy."""
    return tuple(clause for policy in policies().values() for clause in policy.clauses.values())


def _uplifted_bp(clause: Clause, uplift: bool) -> int:
    return WHOLE_BP + (clause.uplift_bp if uplift else 0)


def ceiling(clause: Clause, *, uplift: bool = False, count: int = 1) -> Fen | None:
    """The most that the clause allows whatever the basis: its cap or fixed amount; None where it states neither."""
    most = clause.amount_fen if clause.amount_fen is not None else clause.cap_fen
    return None if most is None else Fen(most * count * _uplifted_bp(clause, uplift) // WHOLE_BP)


def by_rate(
    clause: Clause, basis: int, *, uplift: bool = False, years: int | None = None, term_years: int | None = None
) -> Fen | None:
    """Share of the basis (fen), before any cap; None where the clause states no rate.

    For interest, ``years`` is how many years of interest the basis covers: what exceeds ``max_years`` is taken out in
    proportion; ``term_years`` is the term of the loan or lease: one that is too short earns nothing.
    """
    if clause.rate_bp is None:
        return None
    if term_years is not None and clause.min_term_years is not None and term_years < clause.min_term_years:
        return Fen(0)
    counted, spanned = 1, 1
    if years is not None and clause.max_years is not None and years > clause.max_years:
        counted, spanned = clause.max_years, years
    shares = clause.rate_bp * _uplifted_bp(clause, uplift) * counted
    return Fen(basis * shares // (WHOLE_BP * WHOLE_BP * spanned))


def entitlement(
    clause: Clause,
    basis: int | None = None,
    *,
    uplift: bool = False,
    count: int = 1,
    years: int | None = None,
    term_years: int | None = None,
) -> Fen | None:
    """What the clause allows at most for this basis (fen): min(rate x basis, cap), uplift on top of both, floor.

    None where the clause states no number that applies: neither a rate with a known basis, nor a cap, nor an amount.
    """
    most = ceiling(clause, uplift=uplift, count=count)
    if clause.amount_fen is not None or clause.rate_bp is None or basis is None:
        return most
    share = by_rate(clause, basis, uplift=uplift, years=years, term_years=term_years)
    return min(amount for amount in (share, most) if amount is not None)


@cache
def frame() -> pl.DataFrame:
    """The clauses as a frame for joins on (policy, clause): dates as days since 1970-01-01, amounts in fen."""
    rows = [
        {
            "policy": clause.policy,
            "clause": clause.clause,
            "policy_zh": owner.zh,
            "clause_zh": clause.zh,
            "clause_en": clause.en,
            "province": owner.province,
            "valid_from": (owner.valid_from - _EPOCH).days,
            "valid_to": (owner.valid_to - _EPOCH).days if owner.valid_to else None,
            "first_year": owner.valid_from.year,
            "last_year": owner.valid_to.year + clause.paid_year_after if owner.valid_to else None,
            "basis_kind": clause.basis,
            "rate_bp": clause.rate_bp,
            "cap_fen": clause.cap_fen,
            "amount_fen": clause.amount_fen,
            "uplift_bp": clause.uplift_bp,
            "per": clause.per,
            "payee_kind": clause.payee,
        }
        for owner in policies().values()
        for clause in owner.clauses.values()
    ]
    integers = {"valid_from": pl.Int32, "valid_to": pl.Int32, "first_year": pl.Int32, "last_year": pl.Int32}
    amounts = dict.fromkeys(("rate_bp", "cap_fen", "amount_fen", "uplift_bp"), pl.Int64)
    return pl.DataFrame(rows, schema_overrides={**integers, **amounts}, infer_schema_length=None)
