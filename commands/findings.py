"""Findings as a command tells them: for a program as JSON, for a person as two lines each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from rich.markup import escape

from huiliu.language import language, text
from validators import catalogue, wording
from validators.finding import FINDINGS

_COLOURS: Final = {"error": "red", "warning": "yellow", "info": "dim"}
_SEVERITIES: Final = {"error": "错误", "warning": "警告", "info": "提示"}


def described(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as JSON, with its words in the reader's language; a rule that is no longer there has none."""
    told = {name: finding.get(name) for name in FINDINGS if name != "row"}
    rule = catalogue.RULES.get(finding["code"])
    if rule is None:
        return told
    words = {"message": wording.render(finding, language()), "mend": wording.mend(finding, language())}
    return {**told, "layer": rule.layer.value, "norm": rule.norm, **words}


def lines(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Findings as marked-up lines for a console: what is wrong, then how to mend it."""
    for finding in found:
        told = described(finding)
        severity = told["severity"]
        name = text(_SEVERITIES[severity], severity)
        field = "" if told["field"] == "value" else f" {told['field']}"
        said = told.get("message") or f"{told['value']} / {told['expected']}"
        difference = f"（{told['difference']}）" if told["difference"] and str(told["difference"]) not in said else ""
        yield f"  [{_COLOURS[severity]}]{name} {told['code']}{escape(field)}[/]  {escape(said + difference)}"
        if told.get("mend"):
            yield f"    → {escape(told['mend'])}"
