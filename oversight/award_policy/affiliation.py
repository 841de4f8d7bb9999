"""Which payees may be one firm under several names or codes, as far as the hub's data say.

Two kinds of ties: firms whose names are the same but for their legal form, a group or branch; and payees of one
project. Neither is proof: ties are shown, not added up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import polars as pl

from oversight.awards.amounts import with_project
from oversight.facts import Facts

#: What stands in brackets is a group or a place, unless it has a number: that tells firms apart.
_BRACKETS: Final = re.compile(r"[（(〔\[][^）)〕\]0-9]*[）)〕\]]")
_BRANCH: Final = re.compile(r"(有限责任公司|股份有限公司|有限公司|公司).*(分公司|分厂|分院|办事处)$")
_FORM: Final = re.compile(r"(集团|控股|股份|有限责任|有限|责任|总公司|公司|总厂|厂)+$")
#: A shorter stem names a place or a trade, not a firm.
SHORTEST: Final = 4

TIES: Final = pl.Schema({"payee": pl.String(), "name": pl.String(), "tie": pl.String(), "by": pl.String()})

#: One row for each stem and clause that several credit codes were awarded under. ``total``: fen held in all.
DOUBLED: Final = pl.Schema(
    {
        "by": pl.String(),
        "policy": pl.String(),
        "clause": pl.String(),
        "payees": pl.List(pl.String()),
        "names": pl.List(pl.String()),
        "awards": pl.List(pl.String()),
        "total": pl.Int64(),
    }
)


def stem(name: str) -> str:
    """What is left of a firm's name without brackets, branch and legal form.

    >>> stem("安徽甲科技（集团）股份有限公司"), stem("安徽甲科技有限公司阜阳分公司")
    ('安徽甲科技', '安徽甲科技')
    """
    told = _BRACKETS.sub("", name.replace(" ", "").replace("\u3000", ""))
    return _FORM.sub("", _BRANCH.sub(r"\1", told))


def ties(facts: Facts, payee: str) -> pl.DataFrame:
    """Other credit codes that names or projects tie to this one: ``TIES``, ``tie`` is NAME or PROJECT, ``by`` what."""
    awards = facts.frame("award").drop_nulls("payee")
    mine = awards.filter(payee=payee)
    owned = facts.frame("project").filter(enterprise=payee)["project_code"].to_list()
    by_name = _by_name(awards, payee, mine["payee_name"].drop_nulls().unique().sort())
    by_project = _by_project(facts, awards, payee, {*owned, *mine["project_code"].drop_nulls()})
    return pl.concat([TIES.to_frame(), by_name, by_project]).unique(maintain_order=True)


def doubled(facts: Facts) -> pl.DataFrame:
    """``DOUBLED`` rows: payees tied by name that hold awards under one clause, the largest sum first.

    Seen one by one each is within its clause; whether they are one firm somebody has to look.
    """
    named = with_project(facts).filter(pl.col("held") > 0).drop_nulls(["payee", "payee_name"])
    stems = {name: stem(name) for name in named["payee_name"].unique().to_list()}
    if not stems:
        return DOUBLED.to_frame()
    tied = named.with_columns(by=pl.col("payee_name").replace_strict(stems, return_dtype=pl.String)).filter(
        pl.col("by").str.len_chars() >= SHORTEST
    )
    grouped = tied.sort("payee", "award_number").group_by("by", "policy", "clause", maintain_order=True)
    rows = grouped.agg(
        payees=pl.col("payee").unique(maintain_order=True),
        names=pl.col("payee_name").unique(maintain_order=True),
        awards="award_number",
        total=pl.col("held").sum(),
    ).filter(pl.col("payees").list.len() > 1)
    ordered = rows.sort("total", "by", "policy", "clause", descending=[True, False, False, False])
    return ordered.select([pl.col(name).cast(kind) for name, kind in DOUBLED.items()])


def _by_name(awards: pl.DataFrame, payee: str, names: Iterable[str]) -> pl.DataFrame:
    stems = {told for told in map(stem, names) if len(told) >= SHORTEST}
    others = awards.filter(pl.col("payee") != payee).drop_nulls("payee_name").unique(["payee", "payee_name"])
    rows = [
        {"payee": code, "name": name, "tie": "NAME", "by": stem(name)}
        for code, name in others.select("payee", "payee_name").sort("payee", "payee_name").iter_rows()
        if stem(name) in stems
    ]
    return pl.DataFrame(rows, schema=TIES)


def _by_project(facts: Facts, awards: pl.DataFrame, payee: str, codes: set[str]) -> pl.DataFrame:
    paid = awards.filter(pl.col("project_code").is_in([*codes]) & (pl.col("payee") != payee)).select(
        "payee", pl.col("payee_name").alias("name"), pl.lit("PROJECT").alias("tie"), pl.col("project_code").alias("by")
    )
    projects = facts.frame("project")
    owners = projects.filter(pl.col("project_code").is_in([*codes]) & (pl.col("enterprise") != payee)).select(
        pl.col("enterprise").alias("payee"),
        pl.lit(None, pl.String).alias("name"),
        pl.lit("PROJECT").alias("tie"),
        pl.col("project_code").alias("by"),
    )
    return pl.concat([paid, owners]).sort("payee", "by")
