"""One valid sample event per kind, and frames made of changes to it: rule examples, tests, documentation.

The samples are ``validators/samples/<kind>.json``, in frame types (UTC milliseconds, days since 1970, fen), with the
provenance columns. Columns that only the hub knows are left out unless a change or a rule names them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from validators.columns import PROVENANCE, column_types, contract_types
from validators.errors import SampleError
from validators.rule import ALL_KINDS

_FOLDER: Final = Path(__file__).parent / "samples"


def _load(kind: str) -> Mapping[str, Any]:
    event: dict[str, Any] = json.loads((_FOLDER / f"{kind}.json").read_text("utf-8"))
    wanted = {*contract_types(kind), *PROVENANCE}
    if set(event) != wanted:
        raise SampleError(f"samples/{kind}.json: fields missing or unknown: {sorted(set(event) ^ wanted)}")
    return MappingProxyType(event)


SAMPLES: Final = MappingProxyType({kind: _load(kind) for kind in ALL_KINDS if (_FOLDER / f"{kind}.json").exists()})


def frame(kind: str, changes: Sequence[Mapping[str, Any]] = ({},), needs: Sequence[str] = ()) -> pl.DataFrame:
    """An event frame, a row for each mapping of changes; ``needs`` names context columns to carry."""
    types = column_types(kind)
    context = {name for change in changes for name in change} | set(needs)
    unknown = sorted(context - set(types))
    if unknown:
        raise SampleError(f"{kind}: no frame carries a column {', '.join(unknown)}")
    names = ["row", *SAMPLES[kind], *sorted(context - {*SAMPLES[kind]} - {"row"})]
    rows = [{"row": row, **SAMPLES[kind], **change} for row, change in enumerate(changes)]
    return pl.DataFrame(
        {name: pl.Series(name, [row.get(name) for row in rows], dtype=types[name]) for name in names},
    )
