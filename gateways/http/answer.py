"""Answers as JSON bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import orjson
from starlette.responses import Response

JSON: Final = "application/json"


class Answer(Response):
    """A JSON answer; ``content`` is anything that orjson writes."""

    media_type = JSON

    def render(self, content: Any) -> bytes:
        """As bytes; those of an answer that is repeated stay as they were."""
        return content if isinstance(content, bytes) else written(content)


def written(content: Any) -> bytes:
    """As JSON bytes; UTF-8 as it is."""
    return orjson.dumps(content, option=orjson.OPT_NON_STR_KEYS)


def no_store(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Headers of an answer that is the asker's alone."""
    return {"Cache-Control": "no-store", **(more or {})}
