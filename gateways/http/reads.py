"""What became of what one sent: receipts, quarantine and submissions, of one's own division only."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from gateways.http import cursor, problems, verdicts
from gateways.http.answer import Answer, no_store
from gateways.http.intake import Intake
from gateways.http.problem import Words
from schemas import event_json, receipt
from schemas.contract import KINDS
from schemas.topics import parse_intake
from sinks import corrections, quarantine, receipts, submissions
from sinks.publishers import Publisher
from sinks.submissions import Fate, Submission
from sinks.warehouse import Connection, Warehouse

#: Rows of a page: unless asked otherwise, and at most.
PAGE: Final = 100
_MOST: Final = 1000

_STATUSES: Final = ("open", "waiting", "requeued", "corrected", "any")

T = TypeVar("T")

router = APIRouter(tags=["answers"])


@router.get("/v1/receipts")
async def list_receipts(request: Request) -> Response:
    """Receipts, oldest first; ``next`` is always given, so that whoever polls goes on from it."""
    publisher, kind, limit = await _asked(request)
    after = cursor.offsets(request.query_params.get("after"))

    def found(connection: Connection) -> list[dict[str, Any]]:
        return receipts.page(connection, publisher.division, kind=kind, after=after, limit=limit)

    entries = await _read(request, found)
    places = {**after, **{entry["intake"]: entry["next_offset"] for entry in entries}}
    told = {
        "receipts": [orjson.Fragment(receipt.receipt(entry)) for entry in entries],
        "next": cursor.of_offsets(places),
        "more": len(entries) == limit,
    }
    return Answer(told, headers=no_store())


@router.get("/v1/receipts/{topic}/{partition}/{offset}")
async def receipt_at(topic: str, partition: str, offset: str, request: Request) -> Response:
    """The receipt that holds one offset."""
    publisher = await _who(request)
    place = _own(publisher, topic, partition, offset)
    entry = await _read(request, lambda connection: receipts.at(connection, *place))
    if entry is None:
        raise problems.not_loaded()
    return Answer(receipt.receipt(entry), headers=no_store())


@router.get("/v1/quarantine")
async def list_quarantine(request: Request) -> Response:
    """What was rejected and waits to be corrected, by coordinates."""
    publisher, kind, limit = await _asked(request)
    after = cursor.pair(request.query_params.get("after"))
    status = request.query_params.get("status", "open")
    if status not in _STATUSES:
        raise problems.bad_parameter("status", Words("、".join(_STATUSES), ", ".join(_STATUSES)))

    def found(connection: Connection) -> list[dict[str, Any]]:
        return quarantine.entries(
            connection,
            publisher=publisher.division,
            division=publisher.division,
            kind=kind,
            code=_code(request),
            status=None if status == "any" else status,
            limit=limit,
            after=after,
        )

    entries = await _read(request, found)
    last = entries[-1] if entries else None
    told = {
        "quarantine": [_line(entry) for entry in entries],
        "next": cursor.of_pair(last["intake"], last["offset"]) if last and len(entries) == limit else None,
    }
    return Answer(told, headers=no_store())


def _code(request: Request) -> str | None:
    code = request.query_params.get("code")
    if code is not None and not (len(code) <= 40 and code.isascii() and code.isprintable()):
        raise problems.bad_parameter("code", Words("规则代码，如 RD-FLAG-01", "a rule's code, such as RD-FLAG-01"))
    return code


def _line(entry: Mapping[str, Any]) -> dict[str, Any]:
    shown = ("topic", "partition", "offset", "kind", "layer", "status", "codes", "recorded_at", "rule_set", "awaits")
    return {name: entry[name] for name in shown}


@router.get("/v1/quarantine/{topic}/{partition}/{offset}")
async def quarantined(topic: str, partition: str, offset: str, request: Request) -> Response:
    """One rejected record: its bytes, its event where it holds one, and all that was found."""
    publisher = await _who(request)
    place = _own(publisher, topic, partition, offset)
    entry, course = await _read(request, lambda connection: _entry_with_course(connection, place))
    if entry is None:
        raise problems.not_yours()
    value = None if entry["value"] is None else bytes(entry["value"])
    told = {
        **{name: entry[name] for name in ("topic", "partition", "offset", "kind", "layer", "status", "recorded_at")},
        "received_at": entry["received_at"],
        "key": None if entry["key"] is None else bytes(entry["key"]).decode("utf-8", "backslashreplace"),
        "value_base64": None if value is None else base64.b64encode(value).decode(),
        "event": event_json.of_value(entry["kind"], value),
        "findings": [verdicts.finding(one) for one in entry["findings"]],
        "rule_set": entry["rule_set"],
        "not_evaluated": entry["not_evaluated"],
        "awaits": entry["awaits"],
        **course,
    }
    return Answer(told, headers=no_store())


def _entry_with_course(connection: Connection, place: tuple[str, int, int]) -> tuple[Any, dict[str, Any]]:
    """A rejected record and what was done about it since: what it was to correct, attempts at it, what closed it."""
    entry = quarantine.entry(connection, *place)
    if entry is None:
        return None, {}
    course = corrections.history(connection, entry)
    named = {name: _coordinates(course[name]) for name in ("corrects", "closed_by")}
    return entry, {**named, "attempts": course["attempts"], "seconds_to_correct": course["seconds"]}


def _coordinates(place: tuple[str, int, int] | None) -> dict[str, Any] | None:
    return None if place is None else dict(zip(("topic", "partition", "offset"), place, strict=True))


@router.get("/v1/submissions")
async def list_submissions(request: Request) -> Response:
    """One's submissions by all ways in, newest first."""
    publisher, kind, limit = await _asked(request)
    before = cursor.identity(request.query_params.get("after"))

    def found(connection: Connection) -> list[submissions.Line]:
        return submissions.history(connection, publisher.division, kind=kind, before=before, limit=limit)

    lines = await _read(request, found)
    told = {
        "submissions": [
            {**_told(one.submission), "state": _state(one.waiting), "waiting": one.waiting,
             "quarantined": one.quarantined}
            for one in lines
        ],
        "next": str(lines[-1].submission.id) if len(lines) == limit else None,
    }  # fmt: skip
    return Answer(told, headers=no_store())


@router.get("/v1/submissions/{number}")
async def submission(number: str, request: Request) -> Response:
    """One submission: what became of each of its ranges."""
    publisher = await _who(request)
    identity = cursor.identity(number)

    def found(connection: Connection) -> tuple[Submission, list[Fate]] | None:
        if identity is None:
            return None
        one = submissions.one(connection, publisher.division, identity)
        return None if one is None else (one, submissions.fates(connection, one.ranges))

    seen = await _read(request, found)
    if seen is None:
        raise problems.not_yours()
    one, fates = seen
    waiting = sum(fate.counts.get("waiting", 0) for fate in fates)
    state = "pending" if one.state == "pending" else _state(waiting)
    counts: dict[str, int] = {}
    for fate in fates:
        for outcome, count in fate.counts.items():
            counts[outcome] = counts.get(outcome, 0) + count
    told = {**_told(one), "state": state, "counts": counts, "ranges": [_fate(fate) for fate in fates]}
    return Answer(told, headers=no_store())


def _state(waiting: int) -> str:
    return "waiting" if waiting else "loaded"


def _told(one: Submission) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "channel": one.channel,
        "kind": one.kind,
        "name": one.name,
        "sent_at": one.sent_at,
        "records": one.records,
        "refused": one.refused,
        "content_sha256": one.content_sha256.hex(),
        "idempotency_key": one.key,
    }


def _fate(fate: Fate) -> dict[str, Any]:
    topic, partition = fate.range.topic, fate.range.partition
    return {
        **fate.range._asdict(),
        "counts": fate.counts,
        "quarantined": [f"/v1/quarantine/{topic}/{partition}/{offset}" for offset in fate.quarantined],
        "receipts": [f"/v1/receipts/{topic}/{partition}/{offset}" for offset in fate.receipts],
    }


async def _who(request: Request) -> Publisher:
    intake: Intake = request.app.state.intake
    address = request.client.host if request.client else "-"
    publisher = await intake.identities.of(request.headers.get("authorization"), address)
    request.state.told["publisher"] = publisher.division
    intake.rates.request(publisher.division)
    return publisher


async def _asked(request: Request) -> tuple[Publisher, str | None, int]:
    """Who asks, for which kind, and for how many rows. Raises Problem."""
    publisher = await _who(request)
    kind, limit = request.query_params.get("kind"), request.query_params.get("limit", str(PAGE))
    if kind is not None and kind not in KINDS:
        raise problems.unknown_kind(kind)
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 5 and 0 < int(limit) <= _MOST):
        raise problems.bad_parameter("limit", Words(f"1 至 {_MOST}", f"1 to {_MOST}"))
    return publisher, kind, int(limit)


def _own(publisher: Publisher, topic: str, partition: str, offset: str) -> tuple[str, int, int]:
    """Coordinates in a topic of one's own. Raises Problem 404: of others not even that they are there is told."""
    parsed = parse_intake(topic)
    numbers: Sequence[str] = (partition, offset)
    whole = all(one.isascii() and one.isdecimal() and len(one) < 19 for one in numbers)
    if parsed is None or parsed.division != publisher.division or not whole or int(partition) >= 1 << 31:
        raise problems.not_yours()
    return topic, int(partition), int(offset)


async def _read(request: Request, found: Callable[[Connection], T]) -> T:
    warehouse: Warehouse = request.app.state.warehouse

    def read() -> T:
        with warehouse.read() as connection:
            return found(connection)

    return await asyncio.to_thread(read)
