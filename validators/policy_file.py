"""A policy as a file: what its clauses may say, read strictly.

``policies/<policy>.json`` is the first version of a policy; a policy that is revised (一年一版) gets a further file,
``policies/<policy>.<version>.json``, with its own validity. A field that is not known, an amount that is not a whole
number of fen, a share that is not in basis points, a date that does not exist are refused with the file and the field:
a clause that was read half would allow the wrong sum.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from huiliu import division
from huiliu.language import text
from validators.errors import ValidatorError

Basis = Literal["equipment", "equipment+software", "interest", "lease-interest", "investment", "usage"]
Payee = Literal["enterprise", "provider", "locality", "park"]
Per = Literal["firm", "project", "platform", "park", "standard", "recognition"]

WHOLE_BP: Final = 10_000  #: basis points in one


class PolicyRefused(ValidatorError):  # noqa: N818 (what happened to a file)
    """A policy file says something that cannot be: names the file, the field, the value and what is allowed."""

    def __init__(self, file: str, zh: str, en: str) -> None:
        """``zh`` and ``en`` say what is wrong and what is allowed."""
        super().__init__(text(f"政策文件 {file}：{zh}", f"Policy file {file}: {en}"))


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
    per: Per
    one_off: bool
    each: bool  #: several recognitions are named, each is awarded apart
    max_years: int | None  #: years of interest that count
    min_term_years: int | None  #: shortest loan or lease that counts
    paid_year_after: bool
    payee: Payee  #: who is paid: the project's own enterprise or another
    note: str | None
    uplift_bp: int  #: of its policy; 0 where it has none
    rate_up_to: bool = False  #: the text says "at most" (最高) of the rate, so that less may be granted


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a policy with its validity, both days included; ``valid_to`` None: until revoked."""

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
    version: int = 1

    def in_force(self, year: int) -> bool:
        """Whether in force on at least one day of the year."""
        return self.valid_from.year <= year and (self.valid_to is None or year <= self.valid_to.year)

    def in_force_on(self, day: date) -> bool:
        """Whether in force on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def read(path: Path) -> Policy:
    """The policy in this file. Raises PolicyRefused."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise PolicyRefused(path.name, f"不是可读的 JSON：{fault}", f"is not JSON that can be read: {fault}") from fault
    return parse(data, path.name)


def parse(data: Any, file: str) -> Policy:
    """The policy that these data describe. Raises PolicyRefused, naming ``file``."""
    told = _fields(Policy, data, file, "policy")
    told["uplift"] = _uplift(told["uplift"], file)
    told["valid_from"], told["valid_to"] = _day(told, "valid_from", file), _day(told, "valid_to", file)
    if told["valid_from"] is None or (told["valid_to"] is not None and told["valid_to"] < told["valid_from"]):
        spoken = f"{told['valid_from']} … {told['valid_to']}"
        raise PolicyRefused(file, f"有效期 {spoken} 不成立", f"the validity {spoken} does not exist")
    if not isinstance(told.get("version", 1), int) or told.get("version", 1) < 1:
        raise PolicyRefused(file, "version 应为自 1 起的整数", "version must be a whole number from 1")
    uplift_bp = told["uplift"].rate_bp if told["uplift"] else 0
    clauses = [_clause(entry, told["policy"], uplift_bp, file) for entry in told["clauses"]]
    by_code = {clause.clause: clause for clause in clauses}
    if len(by_code) != len(clauses):
        raise PolicyRefused(file, "有条款代码重复", "a clause code occurs twice")
    return Policy(**{**told, "clauses": MappingProxyType(by_code)})


def _fields(kind: type, data: Any, file: str, where: str, given: Iterable[str] = ()) -> dict[str, Any]:
    """The entries of an object, every field of ``kind`` but those given there, and no other."""
    allowed = {field.name: field.default is MISSING for field in fields(kind) if field.name not in given}
    if not isinstance(data, dict):
        raise PolicyRefused(file, f"{where} 应为对象", f"{where} must be an object")
    unknown = sorted(data.keys() - allowed.keys())
    missing = sorted(name for name, needed in allowed.items() if needed and name not in data)
    if unknown:
        raise PolicyRefused(
            file,
            f"{where} 有未知字段 {', '.join(unknown)}；允许：{', '.join(allowed)}",
            f"{where} has unknown fields {', '.join(unknown)}; allowed: {', '.join(allowed)}",
        )
    if missing:
        raise PolicyRefused(file, f"{where} 缺少 {', '.join(missing)}", f"{where} lacks {', '.join(missing)}")
    return dict(data)


def _uplift(data: Any, file: str) -> Uplift | None:
    if data is None:
        return None
    told = _fields(Uplift, data, file, "uplift")
    _whole(told, ("rate_bp",), file, "uplift", none=False)
    unknown = [code for code in told["divisions"] if not division.known(code)]
    if unknown:
        raise PolicyRefused(
            file, f"uplift 的区划不存在：{', '.join(unknown)}", f"uplift names no divisions: {', '.join(unknown)}"
        )
    return Uplift(**{**told, "divisions": tuple(told["divisions"])})


def _day(told: Mapping[str, Any], name: str, file: str) -> date | None:
    try:
        return None if told[name] is None else date.fromisoformat(told[name])
    except (TypeError, ValueError):
        raise PolicyRefused(
            file, f"{name} 的值 {told[name]!r} 不是日期（如 2025-12-31）", f"{name} {told[name]!r} is no date"
        ) from None


def _whole(told: Mapping[str, Any], names: Iterable[str], file: str, where: str, *, none: bool = True) -> None:
    for name in names:
        value = told[name]
        if value is None and none:
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            unit = "bp (1 % = 100)" if name.endswith("_bp") else "fen (1 yuan = 100)" if name.endswith("_fen") else ""
            raise PolicyRefused(
                file,
                f"{where} 的 {name} 为 {value!r}，应为非负整数 {unit}",
                f"{name} of {where} is {value!r}: a whole number {unit}",
            )


def _clause(data: Any, policy: str, uplift_bp: int, file: str) -> Clause:
    where = f"clause {data.get('clause')!r}" if isinstance(data, dict) else "clause"
    told = _fields(Clause, data, file, where, ("policy", "uplift_bp"))
    _whole(told, ("rate_bp", "cap_fen", "amount_fen", "max_years", "min_term_years"), file, where)
    for name, allowed in (("basis", get_args(Basis)), ("per", get_args(Per)), ("payee", get_args(Payee))):
        if told[name] not in allowed and not (name == "basis" and told[name] is None):
            spoken = f"{name} {told[name]!r}"
            raise PolicyRefused(
                file,
                f"{where} 的 {spoken} 不可用；允许：{', '.join(allowed)}",
                f"{where}: {spoken} is not one of {', '.join(allowed)}",
            )
    flags = ("one_off", "each", "paid_year_after", "rate_up_to")
    wrong = [name for name in flags if not isinstance(told.get(name, False), bool)]
    if wrong:
        raise PolicyRefused(
            file, f"{where} 的 {', '.join(wrong)} 应为 true 或 false", f"{where}: {', '.join(wrong)} is true or false"
        )
    if told["rate_bp"] is not None and told["basis"] is None:
        raise PolicyRefused(file, f"{where} 有比例而无基数", f"{where} has a rate but no basis")
    if told["amount_fen"] is not None and (told["rate_bp"] is not None or told["cap_fen"] is not None):
        raise PolicyRefused(file, f"{where} 既有定额又有比例或上限", f"{where} has a fixed amount and a rate or cap")
    return Clause(policy=policy, uplift_bp=uplift_bp, **told)


def in_order(found: Iterable[Policy]) -> dict[str, tuple[Policy, ...]]:
    """By policy code its versions, oldest first. Raises PolicyRefused where two would be in force on one day."""
    by_code: dict[str, list[Policy]] = {}
    for policy in found:
        by_code.setdefault(policy.policy, []).append(policy)
    for code, versions in by_code.items():
        versions.sort(key=lambda one: one.valid_from)
        for former, later in pairwise(versions):
            if former.version >= later.version:
                raise PolicyRefused(
                    code,
                    f"第 {later.version} 版自 {later.valid_from} 起，晚于第 {former.version} 版：版次应随日期递增",
                    f"version {later.version} begins {later.valid_from}, after version {former.version}: count upwards",
                )
            if former.valid_to is None or former.valid_to >= later.valid_from:
                last = later.valid_from - timedelta(days=1)
                raise PolicyRefused(
                    code,
                    f"第 {former.version} 版（至 {former.valid_to or '废止'}）与第 {later.version} 版"
                    f"（自 {later.valid_from}）有效期重叠：请将前者 valid_to 定为不晚于 {last}",
                    f"version {former.version} (to {former.valid_to or 'revoked'}) and version {later.version} (from "
                    f"{later.valid_from}) overlap: end the former by {last}",
                )
    return {code: tuple(versions) for code, versions in by_code.items()}
