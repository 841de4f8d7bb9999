"""The addresses of Confluent's schema registry, as its API reference has them; whoever asks needs no credentials."""

from __future__ import annotations

from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from gateways.http import registry
from gateways.http.answer import Answer
from gateways.http.body import read_all
from gateways.http.registry import RegistryError
from schemas.contract import KINDS, contract, versions

MEDIA_TYPE: Final = "application/vnd.schemaregistry.v1+json"

#: No schema of a person's hand is longer, bytes.
BODY_BYTES: Final = 1 << 20

router = APIRouter(tags=["registry"])


class RegistryAnswer(Answer):
    """JSON under the registry's own media type."""

    media_type = MEDIA_TYPE


def refused(error: RegistryError) -> Response:
    """An error as Confluent's clients read it."""
    return RegistryAnswer({"error_code": error.code, "message": str(error)}, error.status)


async def _schema(request: Request) -> Any:
    try:
        body = orjson.loads(await read_all(request, BODY_BYTES))
    except orjson.JSONDecodeError:
        body = None
    return registry.given(body)


@router.get("/schemas/types")
async def types() -> Response:
    return RegistryAnswer(["AVRO"])


@router.get("/schemas")
async def schemas(
    prefix: Annotated[str, Query(alias="subjectPrefix")] = "",
    latest: Annotated[bool, Query(alias="latestOnly")] = False,
) -> Response:
    names = registry.subjects(prefix) if prefix else KINDS
    found = [(name, one) for name in names for one in versions(registry.kind_of(name))[-1 if latest else 0 :]]
    return RegistryAnswer([registry.described(name, one) for name, one in found])


@router.get("/schemas/ids/{number}")
async def by_id(number: str) -> Response:
    return RegistryAnswer({"schema": registry.schema_text(registry.identified(number))})


@router.get("/schemas/ids/{number}/schema")
async def schema_by_id(number: str) -> Response:
    return RegistryAnswer(registry.schema_text(registry.identified(number)).encode())


@router.get("/schemas/ids/{number}/versions")
async def versions_by_id(number: str) -> Response:
    found = registry.identified(number)
    return RegistryAnswer([{"subject": name, "version": found.version} for name in _names(found.kind)])


@router.get("/schemas/ids/{number}/subjects")
async def subjects_by_id(number: str) -> Response:
    return RegistryAnswer(_names(registry.identified(number).kind))


def _names(kind: str) -> list[str]:
    return [name for name in registry.subjects() if registry.kind_of(name) == kind]


@router.get("/subjects")
async def subjects(prefix: Annotated[str, Query(alias="subjectPrefix")] = "") -> Response:
    return RegistryAnswer(registry.subjects(prefix))


@router.post("/subjects/{subject}")
async def look_up(subject: str, request: Request) -> Response:
    return RegistryAnswer(registry.described(subject, registry.looked_up(subject, await _schema(request))))


@router.get("/subjects/{subject}/versions")
async def subject_versions(subject: str) -> Response:
    return RegistryAnswer([one.version for one in versions(registry.kind_of(subject))])


@router.post("/subjects/{subject}/versions")
async def register(subject: str, request: Request) -> Response:
    found = registry.registered(subject, await _schema(request))
    return RegistryAnswer({"id": found.schema_id, "version": found.version, "schema": registry.schema_text(found)})


@router.get("/subjects/{subject}/versions/{number}")
async def subject_version(subject: str, number: str) -> Response:
    return RegistryAnswer(registry.described(subject, registry.version(subject, number)))


@router.get("/subjects/{subject}/versions/{number}/schema")
async def subject_schema(subject: str, number: str) -> Response:
    return RegistryAnswer(registry.schema_text(registry.version(subject, number)).encode())


@router.get("/subjects/{subject}/versions/{number}/referencedby")
async def referenced_by(subject: str, number: str) -> Response:
    registry.version(subject, number)
    return RegistryAnswer([])


@router.post("/compatibility/subjects/{subject}/versions")
async def compatible_with_all(subject: str, request: Request) -> Response:
    return _compatibility(registry.incompatibilities(subject, await _schema(request), None))


@router.post("/compatibility/subjects/{subject}/versions/{number}")
async def compatible_with(subject: str, number: str, request: Request) -> Response:
    return _compatibility(registry.incompatibilities(subject, await _schema(request), number))


def _compatibility(found: list[str]) -> Response:
    return RegistryAnswer({"is_compatible": not found, "messages": found})


@router.get("/config")
async def config() -> Response:
    return RegistryAnswer({"compatibilityLevel": registry.LEVEL})


@router.get("/config/{subject}")
async def subject_config(subject: str) -> Response:
    contract(registry.kind_of(subject))
    return RegistryAnswer({"compatibilityLevel": registry.LEVEL})


@router.get("/mode")
async def mode() -> Response:
    return RegistryAnswer({"mode": "READONLY"})


@router.get("/mode/{subject}")
async def subject_mode(subject: str) -> Response:
    contract(registry.kind_of(subject))
    return RegistryAnswer({"mode": "READONLY"})


@router.get("/contexts")
async def contexts() -> Response:
    return RegistryAnswer(["."])


@router.api_route("/config", methods=["PUT", "DELETE"])
@router.api_route("/mode", methods=["PUT", "DELETE"])
async def change_all() -> Response:
    raise registry.read_only("/")


@router.api_route("/config/{subject}", methods=["PUT", "DELETE"])
@router.api_route("/mode/{subject}", methods=["PUT", "DELETE"])
@router.delete("/subjects/{subject}")
@router.delete("/subjects/{subject}/versions/{number}")
async def change(subject: str, number: str = "") -> Response:
    raise registry.read_only(subject)
