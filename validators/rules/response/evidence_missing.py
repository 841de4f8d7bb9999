"""A report of what was done comes with evidence: without it the check has nothing to look at. A warning."""

from __future__ import annotations

import polars as pl

from validators.rule import Layer, Rule, Severity

RULE = Rule(
    code="RS-EVIDENCE-03",
    kinds=("response",),
    layer=Layer.EXPECTATION,
    severity=Severity.WARNING,
    field="evidence",
    norm="督办工作规则（整改反馈附佐证材料）",
    zh="整改反馈没有佐证材料",
    en="a report of what was done comes without evidence",
    mend_zh="补报佐证材料（提高修订号重报）",
    mend_en="send the evidence with a higher revision",
    good={"action": "ACKNOWLEDGE", "evidence": []},
    bad={"action": "REPORT", "evidence": []},
    broken=lambda: (pl.col("action") == "REPORT") & (pl.col("evidence").list.len() == 0),
)
