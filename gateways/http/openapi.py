"""The description of the API: made from the contracts, so that it names every field with its meaning and unit.

OpenAPI 3.0.3, not 3.1: the vendored Swagger UI (4.15) reads nothing later.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any, Final

from gateways.http import openapi_files
from schemas.contract import KINDS, Contract, contract
from schemas.field import REQUIRED, Field
from schemas.value import LIMITS, allowed

_SECURITY: Final[list[dict[str, list[str]]]] = [{"basic": []}, {"bearer": []}]


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    kinds = {kind: _event(contract(kind)) for kind in KINDS}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "汇流 Huiliu",
            "version": version("huiliu"),
            "description": "报送入口、回执与模式注册表。| Events in, receipts back, and the registry of schemas. "
            "Guide: docs/guide/http.md.",
        },
        "paths": {
            **{f"/v1/events/{kind}": _post(kind) for kind in KINDS},
            **openapi_files.paths(_SECURITY, _problems, _query, _path),
            **_answers(),
            **_registry(),
            **_operation(),
        },
        "components": {
            "schemas": {**kinds, **_COMPONENTS, **openapi_files.COMPONENTS},
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic", "description": "publisher-<区划代码> + 密钥 secret"},
                "bearer": {"type": "http", "scheme": "bearer", "description": "user:secret"},
            },
        },
    }


def _event(of: Contract) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "description": of.schema["doc"], **_fields(of.fields)}


def _fields(fields: tuple[Field, ...]) -> dict[str, Any]:
    needed = [field.name for field in fields if field.default is REQUIRED]
    return {
        "properties": {field.name: _field(field) for field in fields},
        **({"required": needed} if needed else {}),
    }


def _field(field: Field) -> dict[str, Any]:
    unit = f" [{field.unit}]" if field.unit else ""
    told: dict[str, Any] = {"description": f"{field.zh} | {field.en}{unit}", **_type(field)}
    if field.null is not None:
        told["nullable"] = True
    if field.default is not REQUIRED:
        told["default"] = field.default
    return told


def _type(field: Field) -> dict[str, Any]:
    if field.logical is not None:
        return {"type": "string", "format": "date" if field.logical == "date" else "date-time"}
    if field.type == "array":
        return {"type": "array", "items": {"type": "object", "additionalProperties": False, **_fields(field.items)}}
    if field.type == "enum":
        return {"type": "string", "enum": [*field.symbols, *([None] if field.null is not None else [])]}
    if field.type in LIMITS:
        lowest, highest = LIMITS[field.type]
        formats = {"int": "int32", "long": "int64"}
        return {"type": "integer", "format": formats[field.type], "minimum": lowest, "maximum": highest}
    plain = {"double": {"type": "number", "format": "double"}, "boolean": {"type": "boolean"}}
    return plain.get(field.type, {"type": "string", "title": allowed(field)})


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _content(schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
    return {"content": {media: {"schema": schema}}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {
        str(status): {"description": _STATUSES[status], **_content(_ref("Problem"), "application/problem+json")}
        for status in statuses
    }


_STATUSES: Final = {
    400: "请求有误 | the request is wrong",
    401: "凭据缺失或有误 | credentials missing or wrong",
    403: "已暂停，或未登记此类事项 | suspended, or not registered for the kind",
    404: "不存在，或不属于本单位 | not there, or not yours",
    408: "正文传输过慢 | the body came too slowly",
    409: "同一幂等键的请求正在处理 | a request with this key is under way",
    413: "正文或事项过多 | too many bytes or events",
    415: "内容类型或压缩方式不支持 | content type or encoding not supported",
    422: "不符合契约，或幂等键已用于其他内容 | fits no contract, or the key was used for something else",
    429: "过快，见 Retry-After | too fast, see Retry-After",
    503: "繁忙或未确认，见 Retry-After 后重发 | busy or not confirmed: send again after Retry-After",
}


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _path(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _post(kind: str) -> dict[str, Any]:
    one, text = _ref(kind), {"type": "string", "description": "每行一条 | one event a line"}
    return {
        "post": {
            "tags": ["events"],
            "summary": contract(kind).schema["doc"],
            "operationId": f"post_{kind}",
            "security": _SECURITY,
            "parameters": [
                _query("validate", "只判不发 | judge only, send nothing", {"type": "string", "enum": ["only"]}),
                _query("partial", "不符合契约的除外，其余照发 | send what fits without what does not",
                       {"type": "string", "enum": ["true", "false"], "default": "false"}),
                {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255},
                 "description": "同键同内容得到同样答复 | the same key and content get the same answer"},
                {"name": "Huiliu-Corrects", "in": "header", "schema": {"type": "string"},
                 "description": "被更正记录的坐标 topic/partition/offset，每个事项一个，以逗号分隔 | "
                                "coordinates of the rejected record that each event corrects, by commas"},
                {"name": "Content-Encoding", "in": "header", "schema": {"type": "string", "enum": ["gzip"]}},
            ],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"oneOf": [one, {"type": "array", "items": one}]}},
                    "application/x-ndjson": {"schema": text},
                },
            },
            "responses": {
                "200": {"description": "判定（validate=only）| verdicts", **_content(_ref("Verdicts"))},
                "202": {"description": "Kafka 已全部确认 | Kafka has all of them", **_content(_ref("Taken"))},
                **_problems(400, 401, 403, 408, 409, 413, 415, 422, 429, 503),
            },
        }
    }  # fmt: skip


_PAGING: Final = [
    _query("kind", "事项类别 | kind of event", {"type": "string", "enum": list(KINDS)}),
    _query("limit", "每页条数 | rows of a page", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}),
    _query("after", "上一页的 next | next of the page before", {"type": "string"}),
]


def _get(tag: str, summary: str, parameters: list[dict[str, Any]], *statuses: int, own: bool = True) -> dict[str, Any]:
    return {
        "get": {
            "tags": [tag],
            "summary": summary,
            "parameters": parameters,
            **({"security": _SECURITY} if own else {}),
            "responses": {"200": {"description": "OK", **_content({})}, **_problems(*statuses)},
        }
    }


def _answers() -> dict[str, Any]:
    failing, place = (400, 401, 403, 429, 503), _path("topic", "partition", "offset")
    quarantine = [
        *_PAGING,
        _query("status", "状态 | status", {"type": "string", "enum": ["open", "requeued", "corrected", "any"]}),
        _query("code", "规则代码 | a rule's code", {"type": "string"}),
    ]
    return {
        "/v1/receipts": _get("answers", "回执，由旧到新 | receipts, oldest first", _PAGING, *failing),
        "/v1/receipts/{topic}/{partition}/{offset}": _get(
            "answers", "某位点的回执 | of one offset", place, 404, *failing
        ),
        "/v1/quarantine": _get("answers", "隔离的记录 | rejected records", quarantine, *failing),
        "/v1/quarantine/{topic}/{partition}/{offset}": _get(
            "answers", "一条隔离记录及其问题 | one of them with its findings", place, 404, *failing
        ),
        "/v1/submissions": _get("answers", "报送历史，由新到旧 | submissions, newest first", _PAGING, *failing),
        "/v1/submissions/{id}": _get(
            "answers", "一次报送的去向 | what became of one submission", _path("id"), 404, *failing
        ),
    }


def _registry() -> dict[str, Any]:
    gets = {
        "/schemas/ids/{id}": ("id",), "/schemas/ids/{id}/versions": ("id",), "/schemas/types": (), "/subjects": (),
        "/subjects/{subject}/versions": ("subject",), "/subjects/{subject}/versions/{version}": ("subject", "version"),
        "/subjects/{subject}/versions/{version}/schema": ("subject", "version"), "/config": (),
        "/config/{subject}": ("subject",), "/mode": (),
    }  # fmt: skip
    posts = {
        "/subjects/{subject}": ("subject",), "/subjects/{subject}/versions": ("subject",),
        "/compatibility/subjects/{subject}/versions/{version}": ("subject", "version"),
    }  # fmt: skip
    found: dict[str, Any] = {
        path: _get("registry", "Confluent Schema Registry", _path(*names), own=False) for path, names in gets.items()
    }
    for path, names in posts.items():
        media = "application/vnd.schemaregistry.v1+json"
        body = {"type": "object", "properties": {"schema": {"type": "string"}}, "required": ["schema"]}
        operation = {
            "tags": ["registry"],
            "summary": "Confluent Schema Registry",
            "parameters": _path(*names),
            "requestBody": _content(body, media),
            "responses": {"200": {"description": "OK", **_content({}, media)}},
        }
        found[path] = {**found.get(path, {}), "post": operation}
    return found


def _operation() -> dict[str, Any]:
    return {
        path: _get("operation", summary, [], own=False)
        for path, summary in (("/live", "进程存活 | alive"), ("/ready", "可以接收 | ready"), ("/metrics", "Prometheus"))
    }


_TEXTS: Final = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("title", "detail", "mend")},
}
_WORDS: Final = {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}}
_PLACE: Final = {
    "type": "object",
    "properties": {
        "index": {"type": "integer", "description": "在请求中的序号，自 0 起 | its place in the request, from 0"},
        "topic": {"type": "string"},
        "partition": {"type": "integer"},
        "offset": {"type": "integer", "format": "int64"},
    },
}
_FINDING: Final = {
    "type": "object",
    "properties": {
        **{name: {"type": "string"} for name in ("code", "severity", "layer", "field", "norm")},
        **{name: {"type": "string", "nullable": True} for name in ("value", "expected", "difference", "suggestion")},
        "message": _WORDS,
        "mend": _WORDS,
    },
}
_COMPONENTS: Final = {
    "Finding": _FINDING,
    "Problem": {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in ("type", "code", "title", "detail", "mend", "request")},
            "status": {"type": "integer"},
            "zh": _TEXTS,
            "en": _TEXTS,
        },
    },
    "Taken": {
        "type": "object",
        "properties": {
            "submission": {"type": "string", "format": "uuid"},
            "kind": {"type": "string"},
            "sent": {"type": "integer"},
            "refused": {"type": "integer"},
            "events": {"type": "array", "items": _PLACE},
        },
    },
    "Verdicts": {
        "type": "object",
        "properties": {
            "kind": {"type": "string"},
            "events": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "index": {"type": "integer"},
                        "source_ref": {"type": "string", "nullable": True},
                        "outcome": {"type": "string", "enum": ["accepted", "flagged", "quarantined"]},
                        "findings": {"type": "array", "items": _ref("Finding")},
                    },
                },
            },
            **{name: {"type": "integer"} for name in ("accepted", "flagged", "quarantined")},
            "not_evaluated": {"type": "array", "items": {"type": "string"}},
            "rule_set": {"type": "string"},
        },
    },
}
