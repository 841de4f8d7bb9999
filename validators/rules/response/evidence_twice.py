"""The same file given twice in one answer: told, nothing more."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_FILE = {"name": "a.pdf", "sha256": _SHA, "media_type": "application/pdf", "size": 1}


def _hashes() -> pl.Expr:
    return pl.col("evidence").list.eval(pl.element().struct.field("sha256").str.to_lowercase())


RULE = Rule(
    code="RS-EVIDENCE-04",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.INFO,
    field="evidence",
    norm="数据契约 response/1",
    zh="同一份佐证材料重复列出",
    en="the same piece of evidence is listed twice",
    mend_zh="每份材料只列一次",
    mend_en="list each piece once",
    good={"evidence": [_FILE]},
    bad={"evidence": [_FILE, _FILE]},
    broken=lambda: _hashes().list.n_unique() < pl.col("evidence").list.len(),
)
