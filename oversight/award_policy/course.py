"""The course of an assessment: its steps as they are taken, and the words for amounts and what they are counted by."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Final

from huiliu.language import text
from huiliu.money import format_fen
from validators.policy_file import WHOLE_BP

BASES: Final = {
    "equipment": ("设备投资额", "equipment investment"),
    "equipment+software": ("设备与工业软件购置额", "equipment and industrial software"),
    "interest": ("按同期 LPR 计算的利息", "interest at the market rate"),
    "lease-interest": ("实际支付的租息", "lease interest paid"),
    "investment": ("实际投资", "actual investment"),
    "usage": ("实际使用量", "actual use"),
}
PER: Final = {
    "firm": ("户", "firm"),
    "project": ("个项目", "project"),
    "platform": ("个平台", "platform"),
    "park": ("个园区", "park"),
    "standard": ("项标准", "standard"),
    "recognition": ("项称号", "recognition"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the arithmetic, in words; ``amount``: fen after it, exact, None where it changes no amount."""

    code: str
    zh: str
    en: str
    amount: Fraction | None = None

    @property
    def said(self) -> str:
        """In the language in force."""
        return text(self.zh, self.en)


@dataclass(slots=True)
class Course:
    """The steps so far, what is to be remarked, and whether the text grants the sum or only bounds it."""

    steps: list[Step] = field(default_factory=list)
    remarks: list[Step] = field(default_factory=list)
    at_most: bool = False

    def step(self, code: str, zh: str, en: str, amount: Fraction | None = None) -> None:
        """Take a step; ``amount``: fen after it."""
        self.steps.append(Step(code, zh, en, amount))

    def remark(self, code: str, zh: str, en: str) -> None:
        """Say what changes no amount but should be known."""
        self.remarks.append(Step(code, zh, en))


def yuan(fen: Fraction | int, language: str = "zh") -> str:
    """In yuan, to the fen; a fraction of a fen is told by the dots behind."""
    whole = floor(fen)
    return f"{format_fen(whole)}{'' if whole == fen else '…'} {'元' if language == 'zh' else 'CNY'}"


def percent(basis_points: int) -> str:
    """Of a share in basis points."""
    return f"{basis_points / 100:g}%"


def ratio(basis_points: int) -> str:
    """A factor in basis points, as a number."""
    return f"{basis_points / WHOLE_BP:g}"
