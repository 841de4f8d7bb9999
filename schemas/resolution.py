"""Older versions of a contract are brought to the newest: what is missing gets its default, what was removed goes.

Numbers widen (int to long or double, long to double). Nothing else can differ: ``compatibility`` sees to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from schemas.contract import ROW
from schemas.field import Field


def resolve_frame(frame: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The columns of a flat event frame as the fields of the newest version ask."""
    columns = [
        pl.col(field.name).cast(field.polars)
        if field.name in frame.columns
        else pl.lit(field.default, field.polars).alias(field.name)
        for field in fields
    ]
    return frame.select(ROW, *columns)


def resolve_event(event: dict[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """An event, or a record in an array, as the fields of the newest version ask."""
    return {field.name: _resolved(field, event.get(field.name, field.default)) for field in fields}


def _resolved(field: Field, value: Any) -> Any:
    if isinstance(value, list):
        return [resolve_event(item, field.items) for item in value]
    return float(value) if field.type == "double" and value is not None else value
