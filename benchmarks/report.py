"""How benchmarks say what they measured: a table for people, one JSON object on the last line for programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


def parser(about: str | None) -> argparse.ArgumentParser:
    """The arguments that all have: ``--json``."""
    made = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return made


def tell(title: str, rows: Sequence[Any], figures: Mapping[str, Any], *, as_json: bool, kept: bool = True) -> None:
    """Print rows (dataclasses or mappings, all of one shape) and figures; ends with 1 unless ``kept``.

    ``figures`` are the claim's own: ratios, goals and whether they are reached. ``kept`` is exactness, never speed.
    """
    lines = show(title, rows)
    console = Console(width=160)
    for name, value in figures.items():
        if isinstance(value, list):
            continue  # rows of a table of their own, for --json
        console.print(f"{name.replace('_', ' ')}: {_shown(value)}", highlight=False)
    if as_json:
        print(json.dumps({"benchmark": title, "rows": lines, **figures}, ensure_ascii=False))
    if not kept:
        sys.exit(1)


def show(title: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Print rows as a table; returns them as mappings."""
    lines = [asdict(row) if is_dataclass(row) and not isinstance(row, type) else dict(row) for row in rows]
    table = Table(title=title, title_justify="left")
    for name in lines[0] if lines else ():
        table.add_column(name.replace("_", " "), justify="left" if isinstance(lines[0][name], str) else "right")
    for line in lines:
        table.add_row(*map(_shown, line.values()))
    Console(width=160).print(table)
    return lines


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.3g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name.replace('_', ' ')} {_shown(each)}" for name, each in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)
