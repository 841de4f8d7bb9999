"""How a sender wants its file to be taken: the parameters of an upload."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi import Request

from gateways.http import problems
from gateways.http.problem import Words

#: What ``format`` may be, and the media type of each.
MEDIA: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_MAPPINGS: Final = 200
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """``mapping`` and ``sheet`` as gateways.files has them; ``strict``: one row that is refused refuses the file."""

    mapping: tuple[str, ...]
    sheet: str | None
    strict: bool
    only: bool  #: judge, and send nothing
    format: str

    @property
    def fingerprint(self) -> str:
        """Sixteen digits that tell apart what may make another answer of the same file."""
        return hashlib.sha256(orjson.dumps([self.mapping, self.sheet, self.strict])).hexdigest()[:16]

    def reading(self, name: str) -> dict[str, Any]:
        """For the desk, and to read the file again for its report."""
        return {"name": name, "mapping": list(self.mapping), "sheet": self.sheet}


def options(request: Request) -> Options:
    """The options of a request. Raises Problem 400."""
    asked = request.query_params
    return Options(
        mapping=_mapping(asked.getlist("map")),
        sheet=_plain("sheet", asked.get("sheet")),
        strict=_choice("strict", asked.get("strict", "false"), ("true", "false")) == "true",
        only="validate" in asked and _choice("validate", asked["validate"], ("only",)) == "only",
        format=format_of(request),
    )


def format_of(request: Request) -> str:
    """In which format a report is wanted: json unless another one is asked for. Raises Problem 400."""
    return _choice("format", request.query_params.get("format", "json"), tuple(MEDIA))


def seconds(request: Request, name: str, most: int) -> int:
    """A parameter in whole seconds, 0 where it is not given. Raises Problem 400."""
    given = request.query_params.get(name, "0")
    if not (given.isascii() and given.isdecimal() and len(given) < 6 and int(given) <= most):
        raise problems.bad_parameter(name, Words(f"0 至 {most} 秒", f"0 to {most} seconds"))
    return int(given)


def _choice(name: str, given: str, allowed: tuple[str, ...]) -> str:
    if given not in allowed:
        raise problems.bad_parameter(name, Words("、".join(allowed), ", ".join(allowed)))
    return given


def _mapping(given: list[str]) -> tuple[str, ...]:
    """Headings to fields. Without an equals sign the files gateway would take it for a file of this machine."""
    whole = all("=" in one and len(one) <= _LONGEST and one.isprintable() for one in given)
    if not whole or len(given) > _MAPPINGS:
        raise problems.bad_parameter("map", Words("标题=字段 或 标题=字段:万元", "HEADING=FIELD or HEADING=FIELD:万元"))
    return tuple(given)


def _plain(name: str, given: str | None) -> str | None:
    if given is not None and not (0 < len(given) <= _LONGEST and given.isprintable()):
        raise problems.bad_parameter(name, Words("工作表名", "the name of a sheet"))
    return given
