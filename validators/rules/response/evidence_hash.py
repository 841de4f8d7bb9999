"""Evidence is named by its SHA-256: 64 hexadecimal digits. A hash of another form can never be compared."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

_FORM = "^[0-9a-fA-F]{64}$"
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _malformed() -> pl.Expr:
    return ~pl.element().struct.field("sha256").str.contains(_FORM)


def _first() -> pl.Expr:
    return pl.element().struct.field("sha256").filter(_malformed())


RULE = Rule(
    code="RS-EVIDENCE-01",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="evidence",
    norm="FIPS 180-4（SHA-256）；数据契约 response/1",
    zh="佐证材料的 SHA-256“{value}”不是 64 位十六进制数",
    en="the SHA-256 “{value}” of a piece of evidence is not 64 hexadecimal digits",
    mend_zh="对文件原文计算 SHA-256 后填写",
    mend_en="compute the SHA-256 of the file itself",
    good={"evidence": [{"name": "a.pdf", "sha256": _SHA, "media_type": "application/pdf", "size": 1}]},
    bad={"evidence": [{"name": "a.pdf", "sha256": _SHA[:32], "media_type": "application/pdf", "size": 1}]},
    broken=lambda: pl.col("evidence").list.eval(_malformed()).list.any(),
    shown=lambda: pl.col("evidence").list.eval(_first()).list.first(),
    expected=_FORM,
)
