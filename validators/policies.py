"""Award policies as data: which clause allows how much, by the words of the policy itself.

``policies/<policy>.json`` holds the clauses with their article and the words they rest on, in dated versions
(:mod:`validators.policy_file`). Amounts are integer fen,
shares are basis points (ten-thousandths), so that no amount is ever a float.

    allowed = min(rate x basis, cap x count)      or, for a fixed amount,      amount x count

and the regional uplift lies on top of that result, cap included. Fractions of a fen are dropped once, at the very end
(floor): a subsidy is never rounded up. ``count`` is for how many firms, projects, platforms, parks, standards or
recognitions the sum is. A clause without rate, cap or amount allows no number: the answer is then None, not zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from huiliu.money import Fen
from validators.errors import ValidatorError
from validators.policy_file import WHOLE_BP as WHOLE_BP
from validators.policy_file import Clause as Clause
from validators.policy_file import Policy as Policy
from validators.policy_file import in_order, read

_FOLDER: Final = Path(__file__).parent / "policies"
_EPOCH: Final = date(1970, 1, 1)


class PolicyUnknown(ValidatorError):  # noqa: N818 (a state, named as people say it)
    """No such policy or clause in ``validators/policies``: names it and what there is."""


@cache
def versions() -> Mapping[str, tuple[Policy, ...]]:
    """Every policy by its code, all its versions, oldest first. Raises PolicyRefused."""
    return MappingProxyType(in_order(read(path) for path in sorted(_FOLDER.glob("*.json"))))


@cache
def policies() -> Mapping[str, Policy]:
    """Every policy by its code, in its newest version."""
    return MappingProxyType({code: told[-1] for code, told in versions().items()})


def policy(code: str, day: date | None = None) -> Policy:
    """The policy of this code: its newest version, or the one that holds on a day. Raises PolicyUnknown.

    Of several versions the one in force on the day; on a day without any the last that had begun, else the first.
    """
    known = versions()
    if code not in known:
        raise PolicyUnknown(f"policy {code!r} is not in validators/policies; there are: {', '.join(known)}")
    begun = [one for one in known[code] if day is None or one.valid_from <= day]
    return begun[-1] if begun else known[code][0]


def clause(policy_code: str, code: str, day: date | None = None) -> Clause:
    """The clause of this policy, in the version that holds on a day (None: the newest). Raises PolicyUnknown."""
    clauses = policy(policy_code, day).clauses
    if code not in clauses:
        raise PolicyUnknown(f"policy {policy_code!r} has no clause {code!r}; it has: {', '.join(clauses)}")
    return clauses[code]


def clauses() -> tuple[Clause, ...]:
    """Every clause of every policy, in its newest version."""
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


def edition(policy: Policy) -> str:
    """Names one version of a policy: its code alone in the first."""
    return policy.policy if policy.version == 1 else f"{policy.policy}@{policy.version}"


@cache
def frame() -> pl.DataFrame:
    """The clauses as a frame for joins on (edition, clause): dates as days since 1970-01-01, amounts in fen.

    ``edition`` is the policy's code, with ``@version`` behind it in versions after the first.
    """
    rows = [
        {
            "policy": clause.policy,
            "edition": edition(owner),
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
        for told in versions().values()
        for owner in told
        for clause in owner.clauses.values()
    ]
    integers = {"valid_from": pl.Int32, "valid_to": pl.Int32, "first_year": pl.Int32, "last_year": pl.Int32}
    amounts = dict.fromkeys(("rate_bp", "cap_fen", "amount_fen", "uplift_bp"), pl.Int64)
    return pl.DataFrame(rows, schema_overrides={**integers, **amounts}, infer_schema_length=None)
