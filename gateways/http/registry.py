"""Confluent's schema registry over the contracts, read-only: pure, from subject and number to what is answered.

Stock serializers work with the hub's URL alone: they ask for ids and versions, and with ``auto.register.schemas`` they
register, which here finds the schema that is there or is refused. Error codes are those of Confluent's API reference
(Schema Registry API, "Error codes" of each resource).

A subject is named by any of Confluent's strategies: ``intake.<division>.<kind>-value`` (TopicNameStrategy),
``cn.huiliu.Reading`` (RecordNameStrategy), both joined (TopicRecordNameStrategy), or by the kind itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import fastavro
import orjson
from fastavro.schema import SchemaParseException, UnknownType, to_parsing_canonical_form

from schemas import compatibility
from schemas.contract import KINDS, Contract, by_id, contract, versions
from schemas.topics import parse_intake, province_topic

LEVEL: Final = "BACKWARD_TRANSITIVE"

#: What rubbish makes the parser raise, beside what it raises by itself.
_UNREADABLE: Final = (
    SchemaParseException,
    UnknownType,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)


class RegistryError(Exception):
    """``code``: Confluent's number; ``status``: of HTTP. The message is in both languages: clients ask for neither."""

    def __init__(self, status: int, code: int, zh: str, en: str) -> None:
        self.status, self.code = status, code
        super().__init__(f"{en} | {zh}")


def _no_subject(subject: str) -> RegistryError:
    shown = subject[:200]
    return RegistryError(404, 40401, f"没有主体“{shown}”。", f"Subject '{shown}' not found.")


def _invalid(reason: str) -> RegistryError:
    return RegistryError(422, 42201, f"不是有效的 Avro 模式：{reason}", f"Invalid schema: {reason}")


def read_only(what: str) -> RegistryError:
    """Whoever would change something is told how contracts change."""
    return RegistryError(
        422, 42205,
        f"{what[:200]} 为只读：契约经评审变更（docs/guide/contracts.md），请先用 huiliu contract check 检查提案。",
        f"{what[:200]} is in read-only mode: contracts change by review (docs/guide/contracts.md). "
        "Try a proposal with: huiliu contract check.",
    )  # fmt: skip


def subjects(prefix: str = "") -> list[str]:
    """The kinds and the full names of their records; topics' subjects are known too but not listed: there are many.

    Those of one topic are listed where the prefix names it.
    """
    named = [f"{prefix.removesuffix('-value')}-value"] if _topic_kind(prefix.removesuffix("-value")) else []
    found = [*KINDS, *(_record_name(kind) for kind in KINDS), *named]
    return sorted(name for name in found if name.startswith((prefix, *_contexts(prefix))))


def _contexts(prefix: str) -> tuple[str, ...]:
    """A prefix that names the default context, ``:.:``, means what follows it; ``:*:`` means every context."""
    return (prefix[3:],) if prefix.startswith((":.:", ":*:")) else ()


def _record_name(kind: str) -> str:
    schema = contract(kind).schema
    return f"{schema['namespace']}.{schema['name']}"


@lru_cache(maxsize=1)
def _kinds_by_name() -> dict[str, str]:
    return {name: kind for kind in KINDS for name in (kind, _record_name(kind))}


def kind_of(subject: str) -> str:
    """The kind that a subject names. Raises RegistryError 40401."""
    known = _kinds_by_name()
    if subject in known:
        return known[subject]
    topic, dash, rest = subject.partition("-")
    kind = _topic_kind(topic)
    if kind is None or not dash or (rest != "value" and known.get(rest) != kind):
        raise _no_subject(subject)
    return kind


def _topic_kind(topic: str) -> str | None:
    """What a topic carries, None for one that carries no events."""
    parsed = parse_intake(topic)
    return parsed.kind if parsed else next((kind for kind in KINDS if province_topic(kind) == topic), None)


def schema_text(of: Contract) -> str:
    """The schema as the registry hands it out."""
    return orjson.dumps(of.schema).decode()


def identified(schema_id: str) -> Contract:
    """The contract with this id. Raises RegistryError 40403."""
    found = by_id(int(schema_id)) if schema_id.isascii() and schema_id.isdecimal() and len(schema_id) < 11 else None
    if found is None:
        raise RegistryError(404, 40403, f"没有模式 {schema_id[:40]}。", f"Schema {schema_id[:40]} not found.")
    return found


def version(subject: str, number: str) -> Contract:
    """A version of a subject: a number from 1, ``latest`` or -1. Raises RegistryError 40401, 40402, 42202."""
    kind = kind_of(subject)
    if number in ("latest", "-1"):
        return contract(kind)
    if not (number.isascii() and number.isdecimal() and len(number) < 11 and int(number) > 0):
        raise RegistryError(
            422, 42202, f"“{number[:40]}”不是版本号。",
            f"The specified version '{number[:40]}' is not a valid version id. "
            "Allowed values are between [1, 2^31-1] and the string \"latest\".",
        )  # fmt: skip
    found = next((one for one in versions(kind) if one.version == int(number)), None)
    if found is None:
        raise RegistryError(404, 40402, f"没有版本 {number}。", f"Version {number} not found.")
    return found


def described(subject: str, of: Contract) -> dict[str, Any]:
    """A version as JSON."""
    return {"subject": subject, "version": of.version, "id": of.schema_id, "schema": schema_text(of)}


def given(body: object) -> Any:
    """The schema in the body of a request, as JSON. Raises RegistryError 42201."""
    if not isinstance(body, Mapping) or not isinstance(body.get("schema"), str):
        raise _invalid('{"schema": "…"}')
    if body.get("schemaType") not in (None, "AVRO"):
        raise _invalid(f"schemaType {str(body['schemaType'])[:40]}; AVRO")
    if body.get("references"):
        raise _invalid("references")
    text = body["schema"].strip()
    try:
        schema = orjson.loads(text)
    except orjson.JSONDecodeError:
        schema = text if text.isidentifier() else None  # Avro lets a primitive type be written without quotes
    canonical(schema)
    return schema


def canonical(schema: object) -> str:
    """Avro's Parsing Canonical Form: two schemas that share it write the same bytes. Raises RegistryError 42201."""
    try:
        return str(to_parsing_canonical_form(fastavro.parse_schema(schema, named_schemas={})))
    except _UNREADABLE as wrong:
        raise _invalid(f"{type(wrong).__name__}: {str(wrong)[:200]}") from None


@lru_cache(maxsize=64)
def _canonical(schema_id: int) -> str:
    return canonical(identified(str(schema_id)).schema)


def looked_up(subject: str, schema: object) -> Contract:
    """The version of the subject that this schema is. Raises RegistryError 40401, 40403."""
    form = canonical(schema)
    for one in reversed(versions(kind_of(subject))):
        if _canonical(one.schema_id) == form:
            return one
    raise RegistryError(404, 40403, "没有这个模式。", "Schema not found.")


def registered(subject: str, schema: object) -> Contract:
    """What registering comes to: the version that is there already, else a refusal that says why and what to do.

    Raises RegistryError 409 where readers would break, else 42205.
    """
    try:
        return looked_up(subject, schema)
    except RegistryError as missing:
        if missing.code != 40403:
            raise read_only(subject) from None
    told = "; ".join(incompatibilities(subject, schema, None)[:10])
    if not told:
        raise read_only(subject)
    raise RegistryError(
        409, 409,
        f"与已发布的契约不兼容：{told}。契约经评审变更，见 docs/guide/contracts.md。",
        f"Schema being registered is incompatible with an earlier schema: {told}. "
        "Contracts change by review, see docs/guide/contracts.md.",
    )  # fmt: skip


def incompatibilities(subject: str, schema: object, number: str | None) -> list[str]:
    """What breaks readers between one version (None: all) and a proposed schema, a line each; empty if nothing."""
    against = versions(kind_of(subject)) if number is None else (version(subject, number),)
    if not isinstance(schema, Mapping) or schema.get("type") != "record":
        return [f"{subject}: a record is expected"]
    return [
        f"v{older.version}: {found.path}: {found.old} → {found.new} (allowed: {found.allowed})"
        for older in against
        for found in compatibility.check(older.schema, schema)
    ]
