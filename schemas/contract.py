"""Contracts: what each kind of event consists of, by version, read from ``avro/`` and ``manifest.json``.

The manifest gives each version its schema id, once and for ever. Contracts change by review, never by a publisher.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from schemas.code_list import Code as Code
from schemas.code_list import code_table as code_table
from schemas.code_list import codes as codes
from schemas.errors import ContractError
from schemas.field import Field, fields

ROW: Final = "row"  #: first column of event frames: the position in the batch's list of the kind

#: What every event carries beside its key and its content.
ENVELOPE: Final = ("revision", "reported_at", "source_ref")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of one kind."""

    schema_id: int
    kind: str
    version: int
    key: tuple[str, ...]  #: the natural key
    owner: str
    cadence: str
    flat: bool  #: no nested types: events decode column by column
    schema: Mapping[str, Any] = field(repr=False, compare=False)  #: the Avro schema as written
    fields: tuple[Field, ...] = field(repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, in order."""
        return tuple(f.name for f in self.fields)

    @property
    def content(self) -> tuple[str, ...]:
        """The fields that make two events with the same key the same or not."""
        return tuple(name for name in self.names if name not in self.key and name not in ENVELOPE)

    def field(self, name: str) -> Field:
        """The field of this name. Raises KeyError."""
        return next((f for f in self.fields if f.name == name), None) or _no_field(self.kind, name)


def _no_field(kind: str, name: str) -> Field:
    raise KeyError(f"{kind}.{name}")


def _json(name: str) -> Any:
    return json.loads(files("schemas").joinpath(name).read_text("utf-8"))


def _contract(entry: Mapping[str, Any]) -> Contract:
    schema = _json(entry["file"])
    told = fields(schema)
    if (schema["kind"], schema["version"]) != (entry["kind"], entry["version"]):
        raise ContractError(entry["file"], (schema["kind"], schema["version"]), "the kind and version of the manifest")
    return Contract(
        schema_id=entry["id"],
        kind=entry["kind"],
        version=entry["version"],
        key=tuple(schema["key"]),
        owner=schema["owner"],
        cadence=schema["cadence"],
        flat=all(f.type != "array" for f in told),
        schema=schema,
        fields=told,
    )


@lru_cache(maxsize=1)
def _by_id() -> dict[int, Contract]:
    return {entry["id"]: _contract(entry) for entry in _json("manifest.json")["schemas"]}


#: The kinds, in the order of the manifest.
KINDS: Final = tuple(dict.fromkeys(entry["kind"] for entry in _json("manifest.json")["schemas"]))


def by_id(schema_id: int) -> Contract | None:
    """The contract that a record names in its bytes 1 to 4; None if there is none."""
    return _by_id().get(schema_id)


@lru_cache(maxsize=64)
def versions(kind: str) -> tuple[Contract, ...]:
    """All versions of a kind, oldest first. Raises ContractError for a word that is no kind."""
    found = sorted((c for c in _by_id().values() if c.kind == kind), key=lambda c: c.version)
    if not found:
        raise ContractError("kind", kind, ", ".join(KINDS))
    return tuple(found)


def contract(kind: str, version: int | None = None) -> Contract:
    """A version of a kind; without a number the newest. Raises ContractError."""
    for found in reversed(versions(kind)):
        if version is None or found.version == version:
            return found
    raise ContractError("version", version, ", ".join(str(c.version) for c in versions(kind)))


def content(kind: str) -> tuple[str, ...]:
    """The content fields of the newest version: all but the key and the envelope."""
    return contract(kind).content


def polars_schema(of: Contract) -> pl.Schema:
    """The columns of an event frame of this contract, without ``row``."""
    return pl.Schema({f.name: f.polars for f in of.fields})


def frame_schema(kind: str) -> pl.Schema:
    """The columns of an event frame of a kind: ``row``, then the fields of the newest version."""
    return pl.Schema({ROW: pl.UInt32(), **polars_schema(contract(kind))})


#: Content fields by kind, of the newest versions.
CONTENT: Final[Mapping[str, tuple[str, ...]]] = {kind: content(kind) for kind in KINDS}
