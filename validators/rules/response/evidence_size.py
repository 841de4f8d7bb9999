"""Evidence has a size: more than nothing, and at most 1 GiB."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Layer, Rule, Severity

_LARGEST: Final = 2**30
_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _wrong() -> pl.Expr:
    return ~pl.element().struct.field("size").is_between(1, _LARGEST)


def _first() -> pl.Expr:
    return pl.element().struct.field("size").filter(_wrong())


RULE = Rule(
    code="RS-EVIDENCE-02",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.ERROR,
    field="evidence",
    norm="数据契约 response/1",
    zh="佐证材料大小 {value} 字节不在 {expected} 之内",
    en="the size of a piece of evidence, {value} bytes, is not within {expected}",
    mend_zh="填写文件字节数；过大的文件拆分或压缩",
    mend_en="give the size in bytes; split or compress a larger file",
    good={"evidence": [{"name": "a.pdf", "sha256": _SHA, "media_type": "application/pdf", "size": 1}]},
    bad={"evidence": [{"name": "a.pdf", "sha256": _SHA, "media_type": "application/pdf", "size": 0}]},
    broken=lambda: pl.col("evidence").list.eval(_wrong()).list.any(),
    shown=lambda: pl.col("evidence").list.eval(_first()).list.first(),
    expected=f"1 – {_LARGEST}",
)
