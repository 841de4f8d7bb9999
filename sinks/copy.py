"""Loading a frame by binary COPY, the fastest way into PostgreSQL: Arrow in, no Python object per value."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
import pyarrow as pa
from pgpq import ArrowToPostgresBinaryEncoder, encoders, schema
from psycopg import sql
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import JSONB

from huiliu.language import text
from sinks.driver import driver
from sinks.errors import ContentRefused
from sinks.tables import METADATA

#: Rows encoded at once: the server takes them while the next are encoded, and the buffer stays in the cache.
_ROWS: Final = 8192


def copy(connection: Connection, table: str, frame: pl.DataFrame, like: str | None = None) -> None:
    """Append the frame's rows to the table's columns of the same names; ``like``: what a temporary table is a copy of.

    Types must be the table's: Int16, Int32, Int64, Float64, Boolean, String (also for jsonb, holding JSON), Binary,
    Date, Datetime, Decimal(38, 0). Raises ContentRefused for a time that no calendar holds, else psycopg.Error, which
    ``Warehouse.batch`` translates.
    """
    if frame.is_empty():
        return
    arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    encoder = _encoder(like or table, arrow.schema)
    statement = sql.SQL("copy {} ({}) from stdin (format binary)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    with driver(connection).cursor() as cursor, cursor.copy(statement) as stream:
        stream.write(encoder.write_header())
        for batch in arrow.to_batches(max_chunksize=_ROWS):
            stream.write(_encoded(encoder, batch, table))
        stream.write(encoder.finish())


def _encoded(encoder: Any, batch: pa.RecordBatch, table: str) -> bytes:
    try:
        encoded: bytes = encoder.write_batch(batch)
    except ValueError as error:
        told = text(f"{table}：某行的值无法编码（{error}）", f"{table}: a value cannot be encoded ({error})")
        raise ContentRefused(told) from error
    return encoded


def _encoder(table: str, arrow: pa.Schema) -> Any:
    known = METADATA.tables.get(table)
    nested = {column.name for column in known.columns if isinstance(column.type, JSONB)} if known is not None else set()
    json_columns = [f for f in arrow if f.name in nested]
    if not json_columns:
        return ArrowToPostgresBinaryEncoder(arrow)
    chosen = {f.name: ArrowToPostgresBinaryEncoder.infer_encoder(f) for f in arrow}
    for f in json_columns:
        chosen[f.name] = encoders.LargeStringEncoderBuilder.new_with_output(f, schema.Jsonb())
    return ArrowToPostgresBinaryEncoder.new_with_encoders(arrow, chosen)
