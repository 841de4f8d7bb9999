"""Compatibility of contracts: BACKWARD_TRANSITIVE. The newest version must read what any older one wrote.

Avro's rules of resolution (specification 1.12, schema resolution), for the part of Avro that contracts use, and rules
of ours: kind and key never change, and a field keeps its unit and its place in the classification.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from huiliu.language import text
from schemas.contract import KINDS, versions

#: What a written type may be read as, of the types that contracts use.
_PROMOTIONS: Final = {"int": ("int", "long", "double"), "long": ("long", "double")}


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """One difference that breaks readers: where, what stood there, what stands there now, what would be allowed."""

    path: str
    old: str
    new: str
    allowed: str

    def __str__(self) -> str:
        """One line for a person."""
        return text(
            f"{self.path}：由 {self.old} 改为 {self.new}，允许：{self.allowed}",
            f"{self.path}: {self.old} became {self.new}. Allowed: {self.allowed}",
        )


def check(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Incompatibility]:
    """What keeps a reader with the ``new`` schema from reading what was written with the ``old``; empty if nothing."""
    return [*_headings(old, new), *_types(old, new, "")]


def _headings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Incompatibility]:
    for heading in ("name", "kind", "key"):
        if old.get(heading) != new.get(heading):
            yield Incompatibility(heading, _shown(old.get(heading)), _shown(new.get(heading)), _shown(old.get(heading)))


def _shown(schema: object) -> str:
    if isinstance(schema, str):
        return schema
    if isinstance(schema, Mapping) and schema.get("type") == "record":
        return f"record {schema.get('name')}"
    return json.dumps(schema, ensure_ascii=False)


def _name(schema: Any) -> str:
    return str(schema["type"]) if isinstance(schema, Mapping) else "union" if isinstance(schema, list) else str(schema)


def _types(old: Any, new: Any, path: str) -> Iterator[Incompatibility]:
    if isinstance(old, list) or isinstance(new, list):
        yield from _unions(old, new, path)
        return
    was, now = _name(old), _name(new)
    if was != now and now not in _PROMOTIONS.get(was, (was,)):
        yield Incompatibility(path, _shown(old), _shown(new), ", ".join(_PROMOTIONS.get(was, (was,))))
    elif _logical(old) != _logical(new):
        yield Incompatibility(path, _shown(old), _shown(new), _shown(old))
    elif was == "record":
        yield from _records(old, new, path)
    elif was == "array":
        yield from _types(old["items"], new["items"], f"{path}[]")
    elif was == "enum":
        yield from _enums(old, new, path)


def _logical(schema: Any) -> object:
    return schema.get("logicalType") if isinstance(schema, Mapping) else None


def _unions(old: Any, new: Any, path: str) -> Iterator[Incompatibility]:
    """Every branch that was written must be readable by one of the branches that are read."""
    branches = new if isinstance(new, list) else [new]
    for was in old if isinstance(old, list) else [old]:
        tries = [list(_types(was, now, path)) for now in branches]
        if all(tries):
            same = [found for now, found in zip(branches, tries, strict=True) if _name(now) == _name(was)]
            wanted = f"a union with {_shown(was)}"
            yield from same[0] if same else [Incompatibility(path, _shown(old), _shown(new), wanted)]


def _records(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Incompatibility]:
    before = {field["name"]: field for field in old["fields"]}
    for field in new["fields"]:
        here = f"{path}.{field['name']}".removeprefix(".")
        was = before.get(field["name"])
        if was is None:
            if "default" not in field:
                yield Incompatibility(here, "absent", _shown(field["type"]), "a field with a default")
            continue
        yield from _types(was["type"], field["type"], here)
        for promise in ("unit", "classification"):
            if was.get(promise) != field.get(promise):
                kept = _shown(was.get(promise))
                yield Incompatibility(f"{here}#{promise}", kept, _shown(field.get(promise)), kept)


def _enums(old: Mapping[str, Any], new: Mapping[str, Any], path: str) -> Iterator[Incompatibility]:
    missing = [symbol for symbol in old["symbols"] if symbol not in new["symbols"]]
    if missing:
        kept = "|".join(old["symbols"])
        yield Incompatibility(path, kept, "|".join(new["symbols"]), f"{kept} and more")


def check_all() -> list[Incompatibility]:
    """Every version of every kind against every older one; paths begin with kind and versions."""
    return [
        Incompatibility(f"{kind} v{older.version}→v{newer.version}: {found.path}", found.old, found.new, found.allowed)
        for kind in KINDS
        for older, newer in combinations(versions(kind), 2)
        for found in check(older.schema, newer.schema)
    ]
