"""The fields of a contract, taken from its Avro schema.

Contracts use a part of Avro only: string, int, long, double, boolean, enum, date and timestamp-millis, each perhaps
in a union with null, and arrays of flat records. Anything else in a schema file is an error of ours, said at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import polars as pl

from schemas.errors import ContractError

Type = Literal["string", "int", "long", "double", "boolean", "enum", "array"]

_REMARK: Final = re.compile("[（(，,；;：:]")  #: what follows one of these explains the field's name

REQUIRED: Final = object()  #: the default of a field that has none

_PRIMITIVES: Final[dict[str, Type]] = {
    "string": "string", "int": "int", "long": "long", "double": "double", "boolean": "boolean",
}  # fmt: skip
_LOGICAL: Final = {"date": "int", "timestamp-millis": "long"}
_POLARS: Final = {
    "string": pl.String, "enum": pl.String, "int": pl.Int32, "long": pl.Int64, "double": pl.Float64,
    "boolean": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field. ``null`` is the branch of null in its union, None where it is not nullable."""

    name: str
    type: Type
    logical: Literal["date", "timestamp-millis"] | None = None
    null: int | None = None
    symbols: tuple[str, ...] = ()
    items: tuple[Field, ...] = ()  #: the fields of the records in an array
    default: Any = REQUIRED
    zh: str = ""
    en: str = ""
    unit: str | None = None
    codes: str | None = None  #: the code list its values are from
    classification: str = "internal"

    @property
    def polars(self) -> pl.DataType:
        """Its type in an event frame (dates are Int32 days, times Int64 UTC ms)."""
        if self.type == "array":
            return pl.List(pl.Struct({item.name: item.polars for item in self.items}))
        return _POLARS[self.type]()

    @property
    def label_zh(self) -> str:
        """Its name as a heading: the Chinese meaning without remarks."""
        return _REMARK.split(self.zh, maxsplit=1)[0].strip()

    @property
    def label_en(self) -> str:
        """Its name as a heading: the English meaning without remarks."""
        return _REMARK.split(self.en, maxsplit=1)[0].strip()


def fields(record: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a record schema."""
    return tuple(_field(declared) for declared in record["fields"])


def _field(declared: Mapping[str, Any]) -> Field:
    name, declared_type, null = declared["name"], declared["type"], None
    if isinstance(declared_type, list):
        if len(declared_type) != 2 or "null" not in declared_type:
            raise ContractError(name, declared_type, "a union of null and one other type")
        null = declared_type.index("null")
        declared_type = declared_type[1 - null]
    plain = declared_type if isinstance(declared_type, Mapping) else {"type": declared_type}
    zh, _, en = declared.get("doc", "").partition(" | ")
    return Field(
        name=name,
        type=_type(name, plain),
        logical=plain.get("logicalType"),
        null=null,
        symbols=tuple(plain.get("symbols", ())),
        items=fields(plain["items"]) if plain["type"] == "array" else (),
        default=declared.get("default", REQUIRED),
        zh=zh,
        en=en,
        unit=declared.get("unit"),
        codes=declared.get("codes"),
        classification=declared.get("classification", "internal"),
    )


def _type(name: str, plain: Mapping[str, Any]) -> Type:
    kind, logical = plain["type"], plain.get("logicalType")
    if logical is not None and _LOGICAL.get(logical) != kind:
        raise ContractError(name, dict(plain), "date on int, timestamp-millis on long")
    if kind == "enum" and plain.get("symbols"):
        return "enum"
    if kind == "array" and isinstance(plain["items"], Mapping) and plain["items"].get("type") == "record":
        return "array"
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    raise ContractError(name, kind, "string, int, long, double, boolean, enum, array of records")
