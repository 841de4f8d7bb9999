"""Headings to fields: by the name in the contract, by its Chinese or English label, or by a mapping.

Money needs its unit, 金额（万元）: a label alone does not say whether it is 元 or 万元, and nothing is guessed. The
contract's own name (``amount``) means fen, as everywhere. Columns that are no field are the sender's own: named, echoed
in the report, not sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from gateways.files.errors import FileRefused
from gateways.files.numbers import MONEY_UNITS, plain
from huiliu.language import text
from schemas.contract import KINDS, contract
from schemas.field import REQUIRED, Field
from schemas.value import nearest

#: Filled in where the file has no such column: whose file it is, a first report, and when it was read.
FILLED: Final = ("division", "revision", "reported_at")

_UNIT: Final = re.compile(r"(.*?)[(\[【]\s*(?:单位[::]?)?\s*([^()\[\]【】]+?)\s*[)\]】]$")
_MOST_MAPPING_BYTES: Final = 1 << 20

#: No sheet of a person's has more columns; a file that has is no table, or means to keep us busy.
COLUMNS: Final = 1_000

#: By bare heading: the name of a field, and the unit of its values where that is said.
Meanings = Mapping[str, tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is a field. ``unit``: fen in one of its units, where it is money."""

    at: int
    heading: str
    field: Field
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: those that are fields, and the headings that are none."""

    fields: tuple[Column, ...]
    own: tuple[str, ...]
    filled: tuple[str, ...]  #: fields without a column that the hub can fill in


def bare(heading: str) -> str:
    """A heading without what people adorn it with: blanks, line ends, stars, case."""
    return re.sub(r"[\s*※_]+", "", plain(heading)).lower()


@cache
def _names(kind: str) -> Mapping[str, Field]:
    """Every way to write a field's name. The contract's names come first: no label takes one away."""
    fields = contract(kind).fields
    found = {bare(field.name): field for field in fields}
    for field in fields:
        for label in (field.label_zh, field.zh, field.label_en, field.en):
            found.setdefault(bare(label), field)
    return found


def field_of(kind: str, heading: str) -> tuple[Field, str | None] | None:
    """The field that a heading names, and the unit written behind it."""
    names = _names(kind)
    whole = names.get(bare(heading))
    match = _UNIT.fullmatch(plain(heading).strip("*※ "))
    unit = match[2] if match else None
    if whole is not None:
        return whole, unit
    found = names.get(bare(match[1])) if match else None
    return None if found is None else (found, unit)


def score(kind: str, row: Sequence[str], mapping: Meanings | None = None) -> int:
    """How many cells of a row are headings of the kind."""
    return sum(1 for cell in row if cell.strip() and (field_of(kind, cell) or (mapping and bare(cell) in mapping)))


def columns(kind: str, row: Sequence[str], mapping: Meanings | None = None) -> Columns:
    """What the headings mean. Raises FileRefused naming the heading that is missing, double or without its unit."""
    if len(row) > COLUMNS:
        raise FileRefused(
            text(
                f"标题行有 {len(row)} 列，最多 {COLUMNS} 列。请删去多余的列。模板：huiliu template {kind}",
                f"The headings are {len(row)} columns, {COLUMNS} at most. Delete what is not needed. A template: "
                f"huiliu template {kind}",
            )
        )
    found: list[Column] = []
    own: list[str] = []
    for at, heading in enumerate(row):
        if not heading.strip():
            continue
        told = _mapped(kind, heading, mapping) or field_of(kind, heading)
        if told is None:
            own.append(heading)
        else:
            found.append(Column(at, heading, told[0], _unit(heading, *told)))
    _refuse_double(found)
    present = {column.field.name for column in found}
    needed = [f for f in contract(kind).fields if f.default is REQUIRED and f.name not in present]
    missing = [field for field in needed if field.name not in FILLED]
    if missing:
        raise FileRefused(_missing(kind, missing, own))
    return Columns(tuple(found), tuple(own), tuple(field.name for field in needed))


def _mapped(kind: str, heading: str, mapping: Meanings | None) -> tuple[Field, str | None] | None:
    name, unit = (mapping or {}).get(bare(heading), (None, None))
    return None if name is None else (contract(kind).field(name), unit)


def _unit(heading: str, field: Field, unit: str | None) -> int | None:
    if field.unit != "fen":
        return None
    if unit is not None and plain(unit) in MONEY_UNITS:
        return MONEY_UNITS[plain(unit)]
    if unit is None and bare(heading) in (bare(field.name), bare(field.en)):
        return 1
    raise FileRefused(
        text(
            f"金额列“{heading}”没有写明单位，无法换算。请把标题改为“{field.label_zh}（万元）”、“（元）”或“（分）”，"
            f"或用 --map '{heading}={field.name}:万元'",
            f"The heading {heading!r} is money without a unit. Write “{field.label_zh}（万元）”, （元） or （分）, "
            f"or give --map '{heading}={field.name}:万元'",
        )
    )


def _refuse_double(found: Sequence[Column]) -> None:
    for column in found:
        other = next((one for one in found if one.at < column.at and one.field is column.field), None)
        if other is not None:
            raise FileRefused(
                text(
                    f"“{other.heading}”与“{column.heading}”两列都是 {column.field.name}。请只留一列。",
                    f"{other.heading!r} and {column.heading!r} are both {column.field.name}. Keep one of them.",
                )
            )


def _missing(kind: str, missing: Sequence[Field], own: Sequence[str]) -> str:
    wanted = "、".join(f"{field.label_zh}（{field.name}）" for field in missing)
    close = [name for field in missing if (name := _likely(field, own))]
    other = next((k for k in KINDS if k != kind and own and all(field_of(k, heading) for heading in own)), None)
    map_hint = f"--map '{close[0]}={missing[0].name}'" if close else f"--map '…={missing[0].name}'"
    kind_zh = f"像是 {other}：--kind {other}。" if other else ""
    kind_en = f" It looks like {other}: --kind {other}." if other else ""
    seen = "、".join(own[:12]) or "—"
    return text(
        f"标题行缺少必填列：{wanted}。未识别的列：{seen}。{kind_zh}"
        f"请改标题，或给出对应关系：{map_hint}；模板：huiliu template {kind} --out {kind}.xlsx",
        f"The headings lack {', '.join(f.name for f in missing)}. Not recognised: {seen}.{kind_en} "
        f"Rename them, or map them: {map_hint}. A template: huiliu template {kind} --out {kind}.xlsx",
    )


def _likely(field: Field, own: Sequence[str]) -> str | None:
    labels = {bare(heading): heading for heading in own}
    for name in (field.label_zh, field.name, field.label_en):
        close = nearest(bare(name), labels)
        if close in labels:
            return labels[close]
    return None


def mapping(kind: str, given: Sequence[str]) -> Meanings:
    """Headings to fields, as ``--map`` has them: ``标题=field``, ``标题=field:万元``, or a file of such lines or JSON.

    Raises FileRefused for an entry that is none, or a field that the kind does not have.
    """
    found: dict[str, tuple[str, str | None]] = {}
    for entry in given:
        for one in _entries(entry):
            heading, equals, told = one.rpartition("=")
            name, _, unit = told.strip().partition(":")
            if not (equals and heading.strip()) or name not in contract(kind).names:
                names = ", ".join(contract(kind).names)
                raise FileRefused(
                    text(
                        f"对应关系 {one!r} 不可用，应为 标题=字段 或 标题=字段:万元。字段：{names}",
                        f"The mapping {one!r} cannot be used: HEADING=FIELD or HEADING=FIELD:万元. Fields: {names}",
                    )
                )
            found[bare(heading)] = (name, unit.strip() or None)
    return found


def _entries(given: str) -> list[str]:
    path = Path(given)
    if "=" in given or not path.is_file():
        return [given]
    content = path.read_bytes()[:_MOST_MAPPING_BYTES].decode("utf-8-sig", "replace")
    if content.lstrip().startswith("{"):
        try:
            return [f"{heading}={name}" for heading, name in json.loads(content).items()]
        except (ValueError, AttributeError):
            return [content[:80]]
    return [line.strip() for line in content.splitlines() if line.strip() and not line.lstrip().startswith("#")]
