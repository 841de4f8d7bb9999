"""A request's body, read within limits: bytes as they come, bytes unpacked, and seconds."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from gateways.http import problems

#: Seconds for a body to arrive.
PATIENCE: Final = 60.0

#: gzip's header and trailer around deflate (RFC 1952), for zlib.
_GZIP: Final = 16 + zlib.MAX_WBITS

#: Unpacked at once, bytes.
_PIECE: Final = 1 << 18


async def read_all(request: Request, limit: int, hold: Callable[[int], None] = lambda more: None) -> bytes:
    """The body as it came. Raises Problem 413, 408, 400.

    ``hold`` is told of each further piece before it is kept, and may refuse it.
    """
    if int(request.headers.get("content-length", "0") or 0) > limit:
        raise problems.body_too_large(limit)
    pieces: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(PATIENCE):
            async for piece in request.stream():
                size += len(piece)
                if size > limit:
                    raise problems.body_too_large(limit)
                hold(len(piece))
                pieces.append(piece)
    except TimeoutError:
        raise problems.too_slow_a_body(PATIENCE) from None
    except ClientDisconnect:
        raise problems.broken_off() from None
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def unpacked(body: bytes, limit: int) -> bytes:
    """Undo gzip, several members too, never beyond the limit in bytes. Raises Problem 413, 400."""
    pieces: list[bytes] = []
    size, rest = 0, body
    try:
        while rest:
            stream = zlib.decompressobj(_GZIP)
            while not stream.eof:
                piece = stream.decompress(rest, _PIECE)
                rest = stream.unconsumed_tail
                size += len(piece)
                if size > limit:
                    raise problems.body_too_large(limit)
                pieces.append(piece)
                if not rest and not piece and not stream.eof:
                    raise problems.not_gzip()
            rest = stream.unused_data
    except zlib.error:
        raise problems.not_gzip() from None
    return b"".join(pieces)
