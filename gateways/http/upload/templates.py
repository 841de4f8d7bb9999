"""Template workbooks, made once for each kind."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from gateways.files.template import write


@lru_cache(maxsize=32)
def workbook(kind: str, province: str, example: bool) -> bytes:
    """The template of a kind's newest contract as XLSX. Raises FileRefused where the disk is full."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{kind}.xlsx"
        write(kind, path, province=province, example=example)
        return path.read_bytes()
