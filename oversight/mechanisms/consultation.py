"""定期部门会商: projects that their unit cannot move alone, with what holds them up and which departments to ask.

The events say what is stuck, not why; each kind of being stuck names the departments that usually have a part in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import Period
from oversight.facts import Facts
from oversight.mechanisms.criteria import Criteria
from oversight.mechanisms.progress import UNDER_WAY, with_lights
from oversight.projects.plan import OWING
from oversight.rule_files import Rules

#: What is stuck, and whom to ask.
ISSUES: Final = {
    "NOT_STARTED": (("逾期未开工：手续与要素保障", "not started: permits, land, energy"),
                    ("发展改革、自然资源、生态环境、行政审批", "planning, land, environment, permits")),
    "STOPPED": (("停工", "stopped"), ("工业和信息化、住房城乡建设、应急管理", "industry, construction, safety")),
    "STILL": (("长期无进展", "no progress for long"), ("工业和信息化、属地政府", "industry, local government")),
    "FUNDS": (("投资完成明显落后于形象进度：资金", "investment far behind progress: funds"),
              ("财政、地方金融监管、人民银行", "finance, financial supervision, central bank")),
}  # fmt: skip
CONSULTATION: Final = pl.Schema(
    {
        "division": pl.Int32(),
        "project_code": pl.String(),
        "name": pl.String(),
        "stage": pl.String(),
        "light": pl.String(),
        "unstarted": pl.Int32(),
        "stopped": pl.Int32(),
        "still": pl.Int32(),
        "issues": pl.List(pl.String()),
    }
)


def consultation(facts: Facts, by: Criteria, period: Period, as_of: datetime, rules: Rules) -> pl.DataFrame:
    """``CONSULTATION`` rows of projects with at least one issue, those with most first."""
    told = with_lights(facts, period, as_of, rules).filter(
        pl.col("tier").is_in(by.tiers) & pl.col("stage").is_in(["RESERVE", *OWING])
    )
    invested = 100 * pl.col("cumulative_investment") / pl.col("planned_investment")
    stuck = {
        "NOT_STARTED": pl.col("unstarted") >= by["not_started"],
        "STOPPED": pl.col("stopped") > 0,
        "STILL": pl.col("stage").is_in(UNDER_WAY) & (pl.col("still") >= by["still"]),
        "FUNDS": pl.col("stage").is_in(UNDER_WAY)
        & (pl.col("planned_investment") > 0)
        & (pl.col("progress") - invested >= by["short_of_funds"]),
    }
    issues = pl.concat_list(*(pl.when(lit).then(pl.lit(name)) for name, lit in stuck.items())).list.drop_nulls()
    listed = told.with_columns(issues=issues).filter(pl.col("issues").list.len() > 0)
    ordered = listed.sort(pl.col("issues").list.len(), "division", "project_code", descending=[True, False, False])
    return ordered.select([pl.col(name).cast(kind) for name, kind in CONSULTATION.items()])
