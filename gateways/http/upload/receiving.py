"""A file as it comes: onto the disk, never into memory, within limits of bytes and of time.

The whole file is here before anything of it is read: of one that breaks off nothing is sent. It is the body itself
(``curl --data-binary @FILE`` or ``-T FILE``), or the one file of a form (``curl -F file=@FILE``, a browser).
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from gateways.http import problems
from gateways.http.upload import file_problems

#: Seconds for a further piece to come, and for a whole file of any size; beyond them, bytes a second on average.
_PIECE_SECONDS: Final = 30.0
_SECONDS: Final = 60.0
_SLOWEST: Final = 8 << 10

#: Beside the file, bytes of a form: its fields and their heads.
_FORM_BYTES: Final = 64 << 10

_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Received:
    """A file that is all here. ``name``: as its sender calls it; ``digest``: SHA-256 of its bytes."""

    path: Path
    name: str
    size: int
    digest: bytes


async def receive(request: Request, corner: Path, limit: int, hold: Callable[[int], None]) -> Received:
    """The file of a request. Raises Problem 400, 408, 413, 503.

    ``limit``: bytes that it may have; ``hold``: is told of each further piece before it is kept, and may refuse it.
    """
    form = request.headers.get("content-type", "").partition(";")[0].strip().lower() == "multipart/form-data"
    most = limit + _FORM_BYTES if form else limit
    if int(request.headers.get("content-length", "0") or 0) > most:
        raise file_problems.file_too_large(limit)
    pieces = _pieces(request, most, hold, limit)
    path = corner / "file"
    try:
        name = await (_of_form(request, pieces, path) if form else _of_body(request, pieces, path))
    except TimeoutError:
        raise problems.too_slow_a_body(_SECONDS) from None
    except ClientDisconnect:
        raise problems.broken_off() from None
    size = path.stat().st_size
    if size > limit:
        raise file_problems.file_too_large(limit)
    if not size:
        raise file_problems.empty_file()
    return Received(path, named(name), size, await asyncio.to_thread(_digest, path))


async def _pieces(request: Request, most: int, hold: Callable[[int], None], limit: int) -> AsyncGenerator[bytes, None]:
    size, began = 0, time.monotonic()
    stream = request.stream()
    while True:
        left = began + _SECONDS + size / _SLOWEST - time.monotonic()
        async with asyncio.timeout(max(0.0, min(_PIECE_SECONDS, left))):
            piece = await anext(stream, None)
        if piece is None:
            return
        size += len(piece)
        if size > most:
            raise file_problems.file_too_large(limit)
        hold(len(piece))
        yield piece


async def _of_body(request: Request, pieces: AsyncGenerator[bytes, None], path: Path) -> str:
    with path.open("wb") as whole:
        async for piece in pieces:
            whole.write(piece)  # into the system's cache: it does not wait for the disk
    return request.query_params.get("name", "")


async def _of_form(request: Request, pieces: AsyncGenerator[bytes, None], path: Path) -> str:
    parser = MultiPartParser(request.headers, pieces, max_files=1, max_fields=8, max_part_size=4096)
    try:
        form = await parser.parse()
        files = [value for value in form.values() if isinstance(value, UploadFile)]
        if not files:
            raise file_problems.not_a_form("no file")
        await asyncio.to_thread(_copy, files[0].file, path)
        return request.query_params.get("name") or files[0].filename or ""
    except MultiPartException as wrong:
        raise file_problems.not_a_form(str(wrong.message)[:200]) from None
    finally:
        for file in parser._files_to_close_on_error:  # of a form that ends too early nobody else knows
            file.close()


def _copy(source: BinaryIO, path: Path) -> None:
    with path.open("wb") as whole:
        shutil.copyfileobj(source, whole, 1 << 20)


def _digest(path: Path) -> bytes:
    with path.open("rb") as whole:
        return hashlib.file_digest(whole, "sha256").digest()


def named(given: str) -> str:
    r"""A file's name as it can be shown and kept: without folders and what cannot be seen, not too long.

    >>> named("../../etc/项目\x00.xlsx"), named("")
    ('项目.xlsx', 'file')
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[-_LONGEST_NAME:].strip() or "file"
