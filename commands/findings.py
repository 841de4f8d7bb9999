"""Findings as a command tells them: for a program as JSON, for a person as two lines each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.markup import escape

from gateways.files.source import Source
from huiliu.language import language, text
from validators import catalogue, wording
from validators.finding import FINDINGS

_COLOURS: Final = {"error": "red", "warning": "yellow", "info": "dim"}
_SEVERITIES: Final = {"error": "错误", "warning": "警告", "info": "提示"}


def described(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as JSON, with its words in the reader's language; a rule that is no longer there has none."""
    told = {name: finding.get(name) for name in FINDINGS if name != "row"}
    if "source_ref" in finding:
        told["source_ref"] = finding["source_ref"]
    if finding.get("place") is not None:
        told["place"] = finding["place"]
    rule = catalogue.RULES.get(finding["code"])
    if rule is None:
        return told
    words = {"message": wording.render(finding, language()), "mend": wording.mend(finding, language())}
    return {**told, "layer": rule.layer.value, "norm": rule.norm, **words}


def of_source(source: Source) -> list[str]:
    """What is to be said of a file as a whole: columns and sheets not read, and what is filled in."""
    told = list(source.notes)
    if source.own:
        names = "、".join(source.own)
        told.append(text(f"自有列（不发送，报告中原样返回）：{names}", f"columns of your own, not sent: {names}"))
    if source.filled:
        names = ", ".join(source.filled)
        told.append(text(f"文件没有这些列，由程序填入：{names}", f"no such columns, filled in: {names}"))
    return told


def lines(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Findings as marked-up lines for a console: what is wrong, then how to mend it."""
    for finding in found:
        told = described(finding)
        severity = told["severity"]
        name = text(_SEVERITIES[severity], severity)
        field = "" if told["field"] == "value" else f" {told['field']}"
        field += f" {told['place']}" if told.get("place") else ""
        said = told.get("message") or f"{told['value']} / {told['expected']}"
        difference = f"（{told['difference']}）" if told["difference"] and str(told["difference"]) not in said else ""
        yield f"  [{_COLOURS[severity]}]{name} {told['code']}{escape(field)}[/]  {escape(said + difference)}"
        if told.get("mend"):
            yield f"    → {escape(told['mend'])}"
