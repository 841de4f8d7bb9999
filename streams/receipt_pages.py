"""Receipts as the HTTP gateway gives them, one a line: pages saved one behind the other, also set out by a tool."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

#: A page that a tool has set out over many lines is read whole, bytes at most.
_LARGEST: Final = 64 << 20


def lines(given: Iterable[bytes]) -> Iterator[bytes]:
    """Lines with one receipt each: those of a page by themselves, any other line as it is."""
    whole = b""
    for line in given:
        if whole or line.strip() == b"{":
            whole += line
            if line.rstrip() == b"}" or len(whole) > _LARGEST:
                yield from _receipts(whole)
                whole = b""
        else:
            yield from _receipts(line)
    if whole:
        yield whole


def _receipts(line: bytes) -> Iterator[bytes]:
    """The receipts of the pages on a line; the line itself where it is no page."""
    if b'"receipts"' not in line and b"\n" not in line.strip():
        yield line
        return
    try:
        documents = list(_documents(line.decode()))
    except (ValueError, RecursionError):
        yield line
        return
    for document in documents:
        page = document.get("receipts") if isinstance(document, dict) else None
        for one in page if isinstance(page, list) else [document]:
            yield json.dumps(one, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _documents(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        document, at = decoder.raw_decode(text, at)
        yield document
