"""Expectation suites: plain Great Expectations 1.x JSON, one per kind, readable and runnable with GX alone.

They are generated from the rules that carry an expectation: ``python -m validators.suites`` writes them, a test fails
when they are out of date. The gate runs those of severity error; the others tell a publisher what will be flagged.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

from validators import catalogue
from validators.compiler import published
from validators.errors import CatalogueError
from validators.rule import Rule, Severity

#: Great Expectations' own words for how bad a failure is.
_GX_SEVERITY: Final = {Severity.ERROR: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}


def suite(kind: str) -> dict[str, Any]:
    """The suite of a kind as its rules say, in the form that ``ExpectationSuite(**suite)`` takes."""
    return {
        "name": f"huiliu.{kind}",
        "expectations": [_entry(rule) for rule in catalogue.rules(kind) if rule.expectation is not None],
        "meta": {"kind": kind, "generated_by": "python -m validators.suites"},
    }


def _entry(rule: Rule) -> dict[str, Any]:
    expectation = published(rule.expectation or {})
    return {
        "type": expectation["type"],
        "kwargs": expectation["kwargs"],
        "severity": _GX_SEVERITY[rule.severity],
        "meta": {
            "code": rule.code,
            "severity": rule.severity.value,
            "norm": rule.norm,
            "zh": rule.mend_zh,
            "en": rule.mend_en,
        },
    }


def text_of(kind: str) -> str:
    """The suite as the file holds it."""
    return json.dumps(suite(kind), ensure_ascii=False, indent=1) + "\n"


def read_suite(kind: str) -> dict[str, Any]:
    """The suite as shipped. Raises CatalogueError where the file is missing."""
    path = files("validators").joinpath("suites", f"{kind}.json")
    if not path.is_file():
        raise CatalogueError(f"validators/suites/{kind}.json is missing: run python -m validators.suites")
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded
