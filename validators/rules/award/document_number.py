"""What is approved or paid rests on a document, which has a number."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity


def _broken() -> pl.Expr:
    missing = pl.col("document_number").fill_null("").str.strip_chars().str.len_bytes() == 0
    return pl.col("status").is_in(("APPROVED", "PAID", "RECOVERED")) & missing


def _expected() -> pl.Expr:
    return pl.col("status")


RULE = Rule(
    code="AW-DOCUMENT-01",
    kinds=("award",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="document_number",
    norm="数据契约 award/1：奖补资金以文件下达",
    zh="状态为 {expected}，但没有文号",
    en="the status is {expected}, but there is no document number",
    mend_zh="补报下达资金的文号",
    mend_en="give the number of the document that granted the money",
    good={"status": "PROPOSED", "document_number": None},
    bad={"document_number": " "},
    broken=_broken,
    expected=_expected,
)
