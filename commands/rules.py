"""huiliu rules: what an event is judged by, rule by rule, with the norm and examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from commands import arguments
from commands.arguments import AsJson
from commands.errors import CommandError
from huiliu.language import text
from validators import catalogue
from validators.rule import Layer, Rule, Severity

app = arguments.group()

SEVERITIES = {
    Severity.ERROR: ("错误", "error", "red"),
    Severity.WARNING: ("警告", "warning", "yellow"),
    Severity.INFO: ("提示", "info", "dim"),
}
LAYERS = {
    Layer.FRAMING: "封装",
    Layer.AVRO: "解码",
    Layer.JURISDICTION: "管辖",
    Layer.EXPECTATION: "期望",
    Layer.REFERENCE: "参照",
    Layer.HISTORY: "历史",
}


@app.command("list", help=text("列出规则", "list the rules"))
def list_rules(
    kind: Annotated[str | None, typer.Option("--kind", help=text("只看一类事项", "of one kind only"))] = None,
    layer: Annotated[
        Layer | None, typer.Option("--layer", help=text("只看一层", "of one layer only"), show_choices=True)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """All rules, or those of a kind and layer, in the order of their codes."""
    found = catalogue.rules(None if kind is None else arguments.kind(kind), layer)
    if as_json:
        typer.echo(_json({"rule_set": catalogue.RULE_SET, "rules": [described(rule) for rule in found]}))
        return
    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column(text("代码", "code"), no_wrap=True)
    for heading in (text("级别", "severity"), text("层", "layer"), text("事项", "kinds")):
        table.add_column(heading, no_wrap=True)
    table.add_column(text("规则", "rule"), overflow="fold")
    for rule in found:
        zh, en, colour = SEVERITIES[rule.severity]
        of = text("全部", "all") if len(rule.kinds) > 1 else rule.kinds[0]
        layer_name = text(LAYERS[rule.layer], rule.layer.value)
        table.add_row(rule.code, f"[{colour}]{text(zh, en)}", layer_name, of, escape(text(rule.zh, rule.en)))
    console.print(table)
    console.print(
        text(f"{len(found)} 条，规则集 {catalogue.RULE_SET}", f"{len(found)} rules, rule set {catalogue.RULE_SET}")
        + text("；详情：huiliu rules show 代码", "; more: huiliu rules show CODE")
    )


@app.command("show", help=text("一条规则的依据、改法和示例", "one rule: norm, mending, examples"))
def show_rule(
    code: Annotated[str, typer.Argument(help=text("规则代码，如 RD-FLAG-01", "a rule's code, such as RD-FLAG-01"))],
    as_json: AsJson = False,
) -> None:
    """Everything about one rule, in both languages."""
    rule = catalogue.RULES.get(code.upper()) or _refuse(code)
    if as_json:
        typer.echo(_json(described(rule)))
        return
    zh, en, _ = SEVERITIES[rule.severity]
    lines = (
        (text("代码", "code"), rule.code),
        (text("事项", "kinds"), ", ".join(rule.kinds)),
        (text("层", "layer"), f"{rule.layer.value} {LAYERS[rule.layer]}"),
        (text("级别", "severity"), f"{en} {zh}"),
        (text("字段", "field"), rule.field),
        (text("依据", "norm"), rule.norm),
        ("zh", rule.zh),
        ("", "改法：" + rule.mend_zh),
        ("en", rule.en),
        ("", "mend: " + rule.mend_en),
        (text("需要", "needs"), ", ".join(rule.needs) or "-"),
        (text("正例", "good"), shown_example(rule.good)),
        (text("反例", "bad"), shown_example(rule.bad)),
        (text("判定", "decided by"), decided(rule)),
    )
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, content in lines:
        table.add_row(name, escape(content))
    Console(highlight=False).print(table)


def decided(rule: Rule) -> str:
    """Who decides the rule: a Great Expectations expectation, an expression, or a named part of the hub."""
    if rule.expectation is not None:
        return f"Great Expectations {_json(rule.expectation)}"
    return rule.decided_by or text("列表达式", "an expression over columns")


def shown_example(changes: Mapping[str, Any]) -> str:
    """Changes to the sample event, as ``field = value``."""
    return ", ".join(
        f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}" for name, value in changes.items()
    )


def described(rule: Rule) -> dict[str, Any]:
    """The rule as JSON."""
    return {
        "code": rule.code,
        "kinds": list(rule.kinds),
        "layer": rule.layer.value,
        "severity": rule.severity.value,
        "field": rule.field,
        "norm": rule.norm,
        "zh": rule.zh,
        "en": rule.en,
        "mend_zh": rule.mend_zh,
        "mend_en": rule.mend_en,
        "good": dict(rule.good),
        "bad": dict(rule.bad),
        "needs": list(rule.needs),
        "expectation": None if rule.expectation is None else dict(rule.expectation),
    }


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)


def _refuse(code: str) -> Rule:
    import difflib

    close = difflib.get_close_matches(code.upper(), list(catalogue.RULES), n=3, cutoff=0.5)
    raise CommandError(
        text(
            f"没有规则 {code!r}。相近的：{'、'.join(close) or '无'}；全部：huiliu rules list",
            f"No rule {code!r}. Near it: {', '.join(close) or 'none'}; all: huiliu rules list",
        )
    )
