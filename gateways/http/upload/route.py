"""``POST /v1/files/{kind}``: a file in, coordinates and counts out; ``GET`` of its report and of templates.

A file that was acknowledged is never lost, and nothing is sent of one that did not arrive whole. The steps, numbered in
the code:

1. Receive the whole file onto the disk; a connection that breaks ends here.
2. Look up its key (the sender's, or its own digest): one that was sent before gets the same answer.
3. Read it; a file that cannot be taken ends here.
4. Remember the key as pending and keep the file for its report, in one transaction.
5. Send all its records; wait until all replicas have them.
6. Say where they went, in one transaction.
7. Answer.

Killed before 5, nothing was sent. Killed from 5 to 6, the key is pending: the retry sends the records again and the hub
counts them as duplicates, by natural key and revision. Killed after 6, the retry gets the answer that was kept.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from gateways.http import cursor, metrics, problems
from gateways.http.answer import Answer, no_store, written
from gateways.http.intake import Intake, admitted, idempotency_key
from gateways.http.upload import file_problems, sending, templates
from gateways.http.upload.options import MEDIA, Options, format_of, options, seconds
from gateways.http.upload.receiving import Received, receive
from gateways.http.upload.uploads import Uploads, at_a_desk
from schemas.contract import KINDS
from schemas.topics import intake_topic
from sinks import submissions, uploads
from sinks.publishers import Publisher
from sinks.submissions import Submission
from sinks.uploads import PART, Placed, Upload
from sinks.warehouse import Warehouse

#: Ranges of offsets that an answer names; /v1/submissions/{id} has all.
_RANGES: Final = 1_000

#: Seconds for which a report may be waited for, and between two looks at the ledger.
_LONGEST_WAIT: Final = 60
_LOOK: Final = 0.5

router = APIRouter(tags=["files"])


@router.post("/v1/files/{kind}")
async def post_file(kind: str, request: Request) -> Response:
    """Take a file of events of one kind."""
    intake: Intake = request.app.state.intake
    shared: Uploads = request.app.state.uploads
    publisher = await admitted(request, intake, kind)
    asked, key = options(request), idempotency_key(request)
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise file_problems.no_encoding_of_files()
    intake.rates.request(publisher.division)
    held = 0

    def hold(more: int) -> None:
        nonlocal held
        shared.disk.hold(more)
        held += more

    try:
        with shared.corner(publisher.division) as corner:
            file = await receive(request, corner, shared.file_bytes, hold)  # 1
            request.state.told.update(kind=kind, bytes=file.size)
            async with shared.turn(publisher.division):
                job = _job(intake, shared, publisher, kind, file, asked)
                if asked.only:
                    return await _checked(shared, job, file, asked)
                return await _Taking(request, intake, shared, publisher, kind, file, asked, key).answer(job)
    finally:
        shared.disk.let_go(held)


def _job(
    intake: Intake, shared: Uploads, publisher: Publisher, kind: str, file: Received, asked: Options
) -> dict[str, Any]:
    return {
        "path": str(file.path),
        "kind": kind,
        "division": publisher.division,
        "record_bytes": intake.limits.record_bytes,
        "most_rows": shared.file_rows,
        **asked.reading(file.name),
    }


async def _checked(shared: Uploads, job: dict[str, Any], file: Received, asked: Options) -> Response:
    """The verdict on each row, as a report."""
    out = file.path.with_name(f"verdict.{asked.format}")
    told = await at_a_desk(shared.judging, {"job": "check", "out": str(out), **job})
    metrics.EVENTS.labels(job["kind"], "judged").inc(told["rows"])
    return _sent(shared.room.folder, out, asked.format, f"verdict-{Path(file.name).stem}")


class _Taking:
    """One file on its way."""

    def __init__(
        self,
        request: Request,
        intake: Intake,
        shared: Uploads,
        publisher: Publisher,
        kind: str,
        file: Received,
        asked: Options,
        key: str | None,
    ) -> None:
        self._request, self._intake, self._shared = request, intake, shared
        self._publisher, self._kind, self._file, self._asked = publisher, kind, file, asked
        self._key = key or f"file:{kind}:{file.digest.hex()}:{asked.fingerprint}"
        self._warehouse: Warehouse = request.app.state.warehouse

    async def answer(self, job: dict[str, Any]) -> Response:
        """Steps 2 to 7. Raises Problem 409, 422, 503."""
        name = self._publisher.division, self._key
        if name in self._intake.under_way:
            raise problems.key_in_use()
        self._intake.under_way.add(name)
        try:
            kept = await asyncio.to_thread(self._kept)  # 2
            if kept is not None and kept.state == "sent":
                return _answered(kept, repeated=True)
            self._intake.flight.require_room()
            records = self._file.path.with_name("records")
            told = await at_a_desk(self._shared.reading, {"job": "read", "spool": str(records), **job})  # 3
            self._request.state.told.update(events=told["records"])
            self._refuse(told)
            kept = await asyncio.to_thread(self._remember, told)  # 4
            if kept.state == "sent":
                return _answered(kept, repeated=True)
            topic = intake_topic(self._publisher.division, self._kind)
            placed = await sending.send(self._intake, self._publisher.division, topic, records)  # 5
            metrics.EVENTS.labels(self._kind, "acknowledged").inc(len(placed.rows))
            return _answered(await asyncio.to_thread(self._settle, kept, topic, told, placed))  # 6, 7
        finally:
            self._intake.under_way.discard(name)

    def _kept(self) -> Submission | None:
        with self._warehouse.read() as connection:
            kept = submissions.by_key(connection, self._publisher.division, self._key)
            reading = None if kept is None else uploads.found(connection, self._publisher.division, kept.id)
        if kept is not None:
            self._compare(kept, reading)
        return kept

    def _compare(self, kept: Submission, reading: Upload | None) -> None:
        """The same key for another file, or to be read otherwise, is not the same request. Raises Problem 422."""
        same = (kept.kind, kept.content_sha256) == (self._kind, self._file.digest)
        wanted = self._asked.reading(self._file.name)
        told = wanted if reading is None else reading.reading
        if not same or any(told[name] != wanted[name] for name in ("mapping", "sheet")):
            raise problems.key_reused()

    def _refuse(self, told: dict[str, Any]) -> None:
        """Rows that fit no contract are told; asked to be strict, or with no other row, the file is refused."""
        if told["refused"]:
            metrics.EVENTS.labels(self._kind, "refused").inc(told["refused"])
        if told["refused"] and (self._asked.strict or not told["records"]):
            more = {name: told[name] for name in ("rows", "refused", "kind_meant", "notes", "own_columns", "filled_in")}
            raise file_problems.rows_refused({**more, "first_refused": told["first_refused"]}, told["refused"])
        if not told["rows"]:
            raise problems.no_events()

    def _remember(self, told: dict[str, Any]) -> Submission:
        intended = Submission(
            id=submissions.new_id(),
            publisher=self._publisher.division,
            channel="file",
            kind=self._kind,
            content_sha256=self._file.digest,
            records=told["records"],
            refused=told["refused"],
            name=self._file.name,
            key=self._key,
        )
        with self._warehouse.batch() as connection:
            kept = submissions.remember(connection, intended)
            if (kept.kind, kept.content_sha256) != (self._kind, self._file.digest):
                raise problems.key_reused()
            uploads.keep(connection, kept.id, self._asked.reading(self._file.name), _pieces(self._file.path))
        return replace(intended, id=kept.id, state=kept.state, answer=kept.answer)

    def _settle(self, kept: Submission, topic: str, told: dict[str, Any], placed: Placed) -> Submission:
        places = zip(placed.partitions.tolist(), placed.offsets.tolist(), strict=True)
        ranges = submissions.ranges((topic, *place) for place in places)
        done = replace(kept, ranges=ranges)
        answer = written(_body(done, topic, told))
        with self._warehouse.batch() as connection:
            uploads.settle(connection, kept.id, placed)
            return submissions.settle(connection, replace(done, answer=answer))


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as whole:
        while piece := whole.read(PART):
            yield piece


def _body(done: Submission, topic: str, told: dict[str, Any]) -> dict[str, Any]:
    partitions = sorted({one.partition for one in done.ranges})
    return {
        "submission": str(done.id),
        "kind": done.kind,
        "name": done.name,
        "sha256": done.content_sha256.hex(),
        "rows": told["rows"],
        "blank": told["blank"],
        "sent": told["records"],
        "refused": told["refused"],
        "first_refused": told["first_refused"],
        "kind_meant": told["kind_meant"],
        "notes": told["notes"],
        "own_columns": told["own_columns"],
        "filled_in": told["filled_in"],
        "topic": topic,
        "partitions": [
            {
                "partition": partition,
                "records": sum(one.last + 1 - one.first for one in done.ranges if one.partition == partition),
                "first": min(one.first for one in done.ranges if one.partition == partition),
                "last": max(one.last for one in done.ranges if one.partition == partition),
            }
            for partition in partitions
        ],
        "ranges": [{"partition": r.partition, "first": r.first, "last": r.last} for r in done.ranges[:_RANGES]],
        "more_ranges": max(0, len(done.ranges) - _RANGES),
        "report": f"/v1/files/{done.id}/report",
    }


def _answered(done: Submission, repeated: bool = False) -> Response:
    more = {"Location": f"/v1/submissions/{done.id}"}
    if repeated:
        more["Idempotent-Replayed"] = "true"
    return Answer(done.answer, 202, no_store(more))


@router.get("/v1/files/{number}/report")
async def report(number: str, request: Request) -> Response:
    """What became of each row of a file, the sender's own columns beside it."""
    intake: Intake = request.app.state.intake
    shared: Uploads = request.app.state.uploads
    address = request.client.host if request.client else "-"
    publisher = await intake.identities.of(request.headers.get("authorization"), address)
    request.state.told["publisher"] = publisher.division
    intake.rates.request(publisher.division)
    identity, form = cursor.identity(number), format_of(request)
    wait = seconds(request, "wait", _LONGEST_WAIT)
    partial = request.query_params.get("partial") == "true"
    warehouse: Warehouse = request.app.state.warehouse
    deadline = time.monotonic() + wait
    while True:
        upload, waiting = await asyncio.to_thread(_upload, warehouse, publisher, identity)
        if not waiting or partial or time.monotonic() >= deadline:
            break
        await asyncio.sleep(_LOOK)
    if waiting and not partial:
        raise file_problems.report_waits(waiting)
    with shared.corner(publisher.division) as corner:
        job = await asyncio.to_thread(_written, warehouse, upload, corner)
        out = corner / f"report.{form}"
        told = {"job": "report", "out": str(out), "database": shared.database, **job}
        told |= {"record_bytes": intake.limits.record_bytes}
        await at_a_desk(shared.reading, told)
        return _sent(shared.room.folder, out, form, f"report-{Path(str(upload.reading['name'])).stem}")


def _upload(warehouse: Warehouse, publisher: Publisher, identity: uuid.UUID | None) -> tuple[Upload, int]:
    """An upload and how many of its records are not loaded yet. Raises Problem 404."""
    with warehouse.read() as connection:
        found = None if identity is None else uploads.found(connection, publisher.division, identity)
        if found is None or found.placed is None:
            raise file_problems.no_upload()
        fates = submissions.fates(connection, found.submission.ranges)
    return found, sum(fate.counts.get("waiting", 0) for fate in fates)


def _written(warehouse: Warehouse, upload: Upload, corner: Path) -> dict[str, Any]:
    """The file and its places on the disk, as a desk wants them. Raises Problem 404."""
    path, placed = corner / "file", corner / "placed"
    if upload.placed is None:
        raise file_problems.no_upload()
    placed.write_bytes(upload.placed.packed())
    with warehouse.read() as connection, path.open("wb") as whole:
        for piece in uploads.content(connection, upload.submission.id):
            whole.write(piece)
    division, kind = upload.submission.publisher, upload.submission.kind
    return {
        "path": str(path),
        "placed": str(placed),
        "kind": kind,
        "division": division,
        "topic": intake_topic(division, kind),
        "submission": str(upload.submission.id),
        **upload.reading,
    }


def _sent(folder: Path, out: Path, form: str, stem: str) -> Response:
    """A file that is there until it is sent."""
    kept = Path(mkdtemp(dir=folder)) / out.name
    out.rename(kept)

    def away() -> None:
        kept.unlink(missing_ok=True)
        kept.parent.rmdir()

    name = quote(f"{stem}.{form}")
    headers = no_store({"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})
    return FileResponse(kept, media_type=MEDIA[form], headers=headers, background=BackgroundTask(away))


@router.get("/v1/templates/{kind}")
async def template(kind: str, request: Request) -> Response:
    """A workbook to fill in; whoever asks needs no credentials."""
    if kind not in KINDS:
        raise problems.unknown_kind(kind)
    example = request.query_params.get("example") == "true"
    content = await asyncio.to_thread(templates.workbook, kind, request.app.state.province, example)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"', "Cache-Control": "public, max-age=3600"}
    return Response(content, media_type=MEDIA["xlsx"], headers=headers)
