"""Named SQL: set-based statements in ``.sql`` files, each opened by ``-- name: <name>`` and a line of purpose."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from sinks.errors import UnknownName

FOLDER: Final = Path(__file__).parent
_HEAD: Final = re.compile(r"^-- name: (?P<name>[a-z_0-9]+)\n-- (?P<purpose>.+)\n", re.MULTILINE)


@cache
def _file(name: str) -> dict[str, str]:
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {head["name"]: text[head.end() : end].strip() for head, end in zip(heads, ends, strict=True)}


def query(file: str, name: str) -> str:
    """The statement ``name`` of ``queries/<file>.sql``; raises UnknownName."""
    try:
        return _file(file)[name]
    except KeyError:
        raise UnknownName(f"queries/{file}.sql: no statement {name!r}, has {sorted(_file(file))}") from None
