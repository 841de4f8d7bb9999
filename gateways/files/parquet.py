"""Parquet: typed columns as the texts that the same readers take; rows are numbered from 1, headings not counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final

from gateways.files.errors import FileRefused
from gateways.files.grid import Grid, Row, cell_text
from huiliu.language import text

_AT_ONCE: Final = 20_000


def grid(source: BinaryIO, name: str) -> Grid:
    """The file's rows, its column names before them as row 0. Raises FileRefused for a file that is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source)
    except (pa.ArrowException, OSError) as fault:
        reason = str(fault)[:120]
        raise FileRefused(
            text(f"{name} 不是完好的 Parquet 文件：{reason}", f"{name} is not a sound Parquet file: {reason}")
        ) from fault
    return Grid(_rows(file), total=file.metadata.num_rows)


def _rows(file: Any) -> Iterator[Row]:
    yield Row(0, [str(name) for name in file.schema_arrow.names])
    number = 0
    for batch in file.iter_batches(batch_size=_AT_ONCE):
        columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        for cells in zip(*columns, strict=True):
            number += 1
            yield Row(number, list(cells))


def _text(value: object) -> str:
    if isinstance(value, float):
        return repr(value) if value == value and abs(value) < 1e15 else cell_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="milliseconds")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return cell_text(value)
