"""Code lists: what a code is called in Chinese and English, from ``codes/<name>.json``. Needs no library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from huiliu.language import text
from schemas.errors import ContractError


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list. ``extra`` holds what only this list has, such as a unit."""

    code: str
    zh: str
    en: str
    extra: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return text(self.zh, self.en)


@lru_cache(maxsize=64)
def codes(name: str) -> tuple[Code, ...]:
    """A code list from ``codes/<name>.json``, in its order. Raises ContractError if there is none of this name."""
    path = files("schemas").joinpath("codes", f"{name}.json")
    if not path.is_file():
        known = sorted(p.name.removesuffix(".json") for p in files("schemas").joinpath("codes").iterdir())
        raise ContractError("code list", name, ", ".join(known))
    entries = json.loads(path.read_text("utf-8"))["codes"]
    plain = ("code", "zh", "en")
    return tuple(Code(e["code"], e["zh"], e["en"], {k: v for k, v in e.items() if k not in plain}) for e in entries)


@lru_cache(maxsize=64)
def code_table(name: str) -> Mapping[str, Code]:
    """A code list by code."""
    return {entry.code: entry for entry in codes(name)}
