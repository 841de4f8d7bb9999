"""What oversight gives to a report: cases and obligations; absent until those parts give it."""

from __future__ import annotations

from oversight.reports.facts import Facts
from oversight.reports.section import Section

_SILENT = "本快照没有取得{what}数据，不列数字"


def cases(now: Facts, before: Facts) -> Section:
    """Cases opened, closed and overdue by city."""
    return Section("cases", "督办事项", absent=_SILENT.format(what="督办事项"))


def obligations(now: Facts) -> Section:
    """Who owed which report, and what became of it."""
    return Section("obligations", "报送责任", absent=_SILENT.format(what="报送责任"))
