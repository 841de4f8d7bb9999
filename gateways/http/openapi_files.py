"""The description of the API: files, their reports, and templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gateways.http.upload.options import MEDIA
from schemas.contract import KINDS

_FORMAT: Final = {"type": "string", "enum": list(MEDIA), "default": "json"}
_BINARY: Final = {"type": "string", "format": "binary"}
_BOOLEAN: Final = {"type": "string", "enum": ["true", "false"], "default": "false"}

#: Media types by which files are known; the first bytes decide, whatever is said.
_FILES: Final = (
    "application/octet-stream",
    "text/csv",
    "application/x-ndjson",
    MEDIA["xlsx"],
    "application/vnd.ms-excel",
    "application/vnd.apache.parquet",
)

_TAKEN: Final = {
    "submission": "01a2139a-186a-7dff-9166-92eaa4744ce0", "kind": "award", "name": "奖补.xlsx",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "rows": 120, "blank": 2, "sent": 119,
    "refused": 1,
    "first_refused": [{"row": 14, "findings": [{
        "code": "FL-CELL-01", "severity": "error", "field": "amount", "value": "12万", "place": "数据!H14",
        "mend": {"zh": "改为数字。", "en": "Write a number."},
    }]}],
    "kind_meant": None, "notes": [], "own_columns": ["经办科室"], "filled_in": ["reported_at"],
    "topic": "intake.340100.award", "partitions": [{"partition": 1, "records": 119, "first": 4010, "last": 4128}],
    "ranges": [{"partition": 1, "first": 4010, "last": 4128}], "more_ranges": 0,
    "report": "/v1/files/01a2139a-186a-7dff-9166-92eaa4744ce0/report",
}  # fmt: skip

_REPORT: Final = {
    "headings": ["奖补编号*", "奖补金额（万元）*", "经办科室"],
    "rows": [
        {"row": 3, "verdict": "accepted", "cells": ["HF-SS-2025-031", "400", "投资科"], "findings": [], "partition": 1,
         "offset": 4010, "receipt": "intake.340100.award-1-4000"},
        {"row": 14, "verdict": "refused", "cells": ["HF-SS-2025-042", "12万", "投资科"],
         "findings": [{"code": "FL-CELL-01", "field": "amount", "value": "12万"}], "partition": None, "offset": None,
         "receipt": None},
    ],
    "totals": {"rows": 2, "accepted": 1, "refused": 1}, "codes": {"FL-CELL-01": 1}, "about": {"文件 file": "奖补.xlsx"},
    "rule_set": "…",
}  # fmt: skip

_NUMBER: Final = {"type": "integer", "format": "int64"}
_RANGE: Final = {"type": "object", "properties": dict.fromkeys(("partition", "first", "last"), _NUMBER)}
COMPONENTS: Final[dict[str, Any]] = {
    "FileTaken": {
        "type": "object",
        "properties": {
            "submission": {"type": "string", "format": "uuid"},
            **{name: {"type": "string"} for name in ("kind", "name", "sha256", "topic", "report")},
            **{name: {"type": "integer"} for name in ("rows", "blank", "sent", "refused", "more_ranges")},
            "first_refused": {
                "type": "array",
                "description": "前 50 个未发送的行，全部见报告 | the first 50 rows not sent; the report has all",
                "items": {
                    "type": "object",
                    "properties": {
                        "row": {"type": "integer"},
                        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
                    },
                },
            },
            "kind_meant": {"type": "string", "nullable": True},
            **{name: {"type": "array", "items": {"type": "string"}} for name in ("notes", "own_columns", "filled_in")},
            "partitions": {"type": "array", "items": _RANGE},
            "ranges": {"type": "array", "items": _RANGE},
        },
    },
    "FileReport": {
        "type": "object",
        "properties": {
            "headings": {"type": "array", "items": {"type": "string"}},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "row": {"type": "integer", "description": "文件中的行号 | the row's number in the file"},
                        "verdict": {"type": "string"},
                        "cells": {"type": "array", "items": {"type": "string"}},
                        "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
                        "partition": {"type": "integer", "nullable": True},
                        "offset": {**_NUMBER, "nullable": True},
                        "receipt": {"type": "string", "nullable": True},
                    },
                },
            },
            "totals": {"type": "object", "additionalProperties": {"type": "integer"}},
            "codes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "about": {"type": "object"},
            "rule_set": {"type": "string"},
        },
    },
}


def paths(
    security: list[dict[str, list[str]]],
    problems: Callable[..., dict[str, Any]],
    query: Callable[[str, str, dict[str, Any]], dict[str, Any]],
    path: Callable[..., list[dict[str, Any]]],
) -> dict[str, Any]:
    """The paths; ``problems``, ``query`` and ``path`` describe what all paths have."""
    kind = {"name": "kind", "in": "path", "required": True, "schema": {"type": "string", "enum": list(KINDS)}}
    form = query("format", "报告格式 | format of the report", _FORMAT)
    failing = (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503)
    return {
        "/v1/files/{kind}": {
            "post": {
                "tags": ["files"],
                "summary": "上传文件：JSON 行、CSV（UTF-8、GB18030）、XLSX、XLS、Parquet | upload a file",
                "operationId": "post_file",
                "security": security,
                "parameters": [
                    kind,
                    query("name", "文件名 | the file's name", {"type": "string", "maxLength": 200}),
                    query("strict", "有一行不合格则全部不发 | send nothing if a row is refused", _BOOLEAN),
                    query("map", "自有标题=字段 | HEADING=FIELD", {"type": "array", "items": {"type": "string"}}),
                    query("sheet", "工作表 | sheet of a workbook", {"type": "string"}),
                    query("validate", "只判不发，答复即逐行报告 | judge only; the answer is the report",
                          {"type": "string", "enum": ["only"]}),
                    form,
                    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255},
                     "description": "缺省为文件的摘要 | else the file's digest: the same file, the same answer"},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        **{media: {"schema": _BINARY} for media in _FILES},
                        "multipart/form-data": {"schema": {"type": "object", "properties": {"file": _BINARY}}},
                    },
                },
                "responses": {
                    "200": _report("判定（validate=only）| verdicts"),
                    "202": {
                        "description": "Kafka 已全部确认 | Kafka has all of them",
                        "content": {"application/json": {
                            "schema": {"$ref": "#/components/schemas/FileTaken"}, "example": _TAKEN,
                        }},
                    },
                    **problems(*failing),
                },
            }
        },
        "/v1/files/{submission}/report": {
            "get": {
                "tags": ["files"],
                "summary": "逐行报告，自有列原样返回 | a report of each row, one's own columns beside it",
                "security": security,
                "parameters": [
                    *path("submission"),
                    form,
                    query("wait", "最多等待几秒 | seconds to wait", {"type": "integer", "minimum": 0, "maximum": 60}),
                    query("partial", "未全部入库也给出 | also while some are not loaded", _BOOLEAN),
                ],
                "responses": {"200": _report("报告 | the report"), **problems(400, 401, 403, 404, 422, 429, 503)},
            }
        },
        "/v1/templates/{kind}": {
            "get": {
                "tags": ["files"],
                "summary": "填报模板 | a workbook to fill in",
                "parameters": [kind, query("example", "填入一行示例 | with an example", _BOOLEAN)],
                "responses": {
                    "200": {"description": "XLSX", "content": {MEDIA["xlsx"]: {"schema": _BINARY}}},
                    **problems(404),
                },
            }
        },
    }  # fmt: skip


def _report(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/FileReport"}
    return {
        "description": description,
        "content": {
            "application/json": {"schema": schema, "example": _REPORT},
            "text/csv": {"schema": _BINARY},
            MEDIA["xlsx"]: {"schema": _BINARY},
        },
    }
