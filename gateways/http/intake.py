"""``POST /v1/events/{kind}``: events in, verdict or coordinates out.

An event that was acknowledged is never lost. The steps, numbered in the code:

1. Remember the sender's key as pending, if it has given one: a retry finds it.
2. Send all records; wait until all replicas have them (acks=all).
3. Remember where they went.
4. Answer.

Whatever ends the process before 4, the sender has no acknowledgement and sends again. Before 2 nothing has happened.
Between 2 and 3 Kafka has the records and the key is still pending: the retry sends them again, which the hub counts as
duplicates, by natural key and revision. Between 3 and 4 the retry gets the answer that was kept. After a timeout in 2
some records may be there: as between 2 and 3.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from gateways.http import body, events, metrics, problems, verdicts
from gateways.http.answer import Answer, no_store, written
from gateways.http.events import Records
from gateways.http.identity import Identities
from gateways.http.limits import COOLING, Flight, Guests, Rates
from gateways.http.problem import Problem, Words
from gateways.http.producing import Place, Producing
from gateways.http.recording import Recorder
from schemas import citation
from schemas.citation import Headers
from schemas.contract import KINDS
from schemas.topics import intake_topic
from sinks import submissions
from sinks.publishers import Publisher
from sinks.submissions import Submission

#: Bodies from this size on are read in a thread of their own, bytes: smaller ones take less than a millisecond.
_LARGE: Final = 32 << 10

#: So many large bodies are read at once; the others wait, held and counted.
_READERS: Final = 2

router = APIRouter(tags=["events"])


@dataclass(frozen=True)
class Limits:
    """What one request may bring: bytes of its body (unpacked too), events, bytes of one record."""

    body_bytes: int
    events: int
    record_bytes: int


class Intake:
    """What all requests share."""

    def __init__(
        self,
        identities: Identities,
        producing: Producing,
        recorder: Recorder,
        limits: Limits,
        rates: Rates,
        flight: Flight,
    ) -> None:
        self.identities, self.producing, self.recorder = identities, producing, recorder
        self.limits, self.rates, self.flight = limits, rates, flight
        self.guests = Guests()
        self.readers = asyncio.Semaphore(_READERS)
        self.under_way: set[tuple[str, str]] = set()


class Load:
    """The bytes that one request holds, let go once."""

    def __init__(self, flight: Flight) -> None:
        self._flight, self._size = flight, 0

    def hold(self, more: int) -> None:
        """Raises Problem 503."""
        self._flight.hold(more)
        self._size += more
        metrics.HELD.set(self._flight.held)

    def let_go(self) -> None:
        """All of it."""
        self._flight.let_go(self._size)
        self._size = 0
        metrics.HELD.set(self._flight.held)


@router.post("/v1/events/{kind}")
async def post_events(kind: str, request: Request) -> Response:
    """Take events of one kind."""
    intake: Intake = request.app.state.intake
    publisher = await admitted(request, intake, kind)
    intake.guests.enter(publisher.division)
    try:
        return await _post_events(kind, request, intake, publisher)
    finally:
        intake.guests.leave(publisher.division)


async def _post_events(kind: str, request: Request, intake: Intake, publisher: Publisher) -> Response:
    media = events.media_type(request.headers.get("content-type"))
    _gzip(request.headers.get("content-encoding", ""))
    key = idempotency_key(request)
    partial = _choice(request, "partial", ("true", "false")) == "true"
    only = _choice(request, "validate", ("only",)) == "only"
    await within_rates(intake, publisher)
    load = Load(intake.flight)
    handed_over = False
    try:
        content = await _content(request, intake, load)
        records = await _records(intake, kind, content, media)
        request.state.told.update(kind=kind, events=records.count, bytes=len(content))
        intake.rates.events(publisher.division, records.count)
        if only:
            verdict = verdicts.judged(kind, records, await _judged(request, kind, publisher, records))
            metrics.EVENTS.labels(kind, "judged").inc(records.count)
            return Answer(verdict, headers=no_store())
        records.headers = _citations(request.headers.get("huiliu-corrects"), records)
        _refuse(kind, records, partial)
        handed_over = True
        return await _taken(intake, publisher, kind, _digest(content), key, records, load.let_go)
    finally:
        if not handed_over:
            load.let_go()


async def _judged(request: Request, kind: str, publisher: Publisher, records: Records) -> list[dict[str, Any]]:
    """What a worker would say of the records, each on its own. Raises Problem 503."""
    if not records.values:
        return []
    values = [base64.b64encode(value).decode() for value in records.values]
    job = {"job": "judge", "kind": kind, "division": publisher.division, "values": values}
    found: list[dict[str, Any]] = await request.app.state.verdicts(job)
    return found


async def within_rates(intake: Intake, publisher: Publisher) -> None:
    """Raises Problem 429, not at once."""
    try:
        intake.rates.request(publisher.division)
        intake.rates.owing(publisher.division)
    except Problem:
        await asyncio.sleep(COOLING)
        raise


async def admitted(request: Request, intake: Intake, kind: str) -> Publisher:
    """Who asks, if it may send this kind. Raises Problem 401, 403, 404, 429."""
    address = request.client.host if request.client else "-"
    publisher = await intake.identities.of(request.headers.get("authorization"), address)
    request.state.told["publisher"] = publisher.division
    if kind not in KINDS:
        raise problems.unknown_kind(kind)
    if kind not in publisher.kinds:
        raise problems.kind_not_permitted(publisher.division, kind, publisher.kinds)
    return publisher


def _gzip(encoding: str) -> bool:
    given = encoding.strip().lower()
    if given not in ("", "identity", "gzip", "x-gzip"):
        raise problems.content_encoding(encoding)
    return given.endswith("gzip")


def idempotency_key(request: Request) -> str | None:
    """The sender's key, if it gave one. Raises Problem 400."""
    given = request.headers.get("idempotency-key")
    if given is not None and not (0 < len(given) < 256 and given.isascii() and given.isprintable()):
        raise problems.bad_key()
    return given


def _citations(given: str | None, records: Records) -> list[Headers]:
    """The header of each record that says which rejected one it corrects. Raises Problem 400.

    ``Huiliu-Corrects``: ``topic/partition/offset`` of one rejected record for each event of the request, by commas.
    """
    if given is None:
        return []
    places = [citation.parsed(place.encode()) for place in given.split(",")]
    if len(places) != records.count or citation.NOWHERE in places:
        told = Words(
            "每个事项一个 topic/partition/offset，以逗号分隔",
            "topic/partition/offset for each event, separated by commas",
        )
        raise problems.bad_parameter("Huiliu-Corrects", told)
    return [((citation.CORRECTS, citation.written(*places[row])),) for row in records.rows]


def _choice(request: Request, name: str, allowed: tuple[str, ...]) -> str | None:
    given = request.query_params.get(name)
    if given is not None and given not in allowed:
        raise problems.bad_parameter(name, Words(" 或 ".join(allowed), " or ".join(allowed)))
    return given


async def _records(intake: Intake, kind: str, content: bytes, media: str) -> Records:
    """The body's events as records. Raises Problem 4xx."""
    limits = intake.limits

    def read() -> Records:
        return events.records(kind, events.split(content, media, limits.events), limits.record_bytes)

    if len(content) < _LARGE:
        return read()
    async with intake.readers:
        return await asyncio.to_thread(read)


async def _content(request: Request, intake: Intake, load: Load) -> bytes:
    """The body, unpacked. Raises Problem 4xx, 503."""
    packed = _gzip(request.headers.get("content-encoding", ""))
    content = await body.read_all(request, intake.limits.body_bytes, load.hold)
    if not packed:
        return content
    async with intake.readers:
        text = await asyncio.to_thread(body.unpacked, content, intake.limits.body_bytes)
    load.hold(len(text))
    return text


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _refuse(kind: str, records: Records, partial: bool) -> None:
    """Unless the others may be sent without them, events that fit no contract are refused. Raises Problem 422."""
    if not records.faults:
        return
    metrics.EVENTS.labels(kind, "refused").inc(len(records.faults))
    if not partial or not records.values:
        raise problems.not_encodable({"events": verdicts.refused(records)}, len(records.faults))


async def _taken(
    intake: Intake,
    publisher: Publisher,
    kind: str,
    digest: bytes,
    key: str | None,
    records: Records,
    release: Callable[[], None],
) -> Response:
    """Steps 1 to 4. ``release`` is called once, when nothing is on its way any more. Raises Problem 409, 422, 503."""
    whole = Submission(
        id=submissions.new_id(),
        publisher=publisher.division,
        channel="http",
        kind=kind,
        content_sha256=digest,
        records=len(records.values),
        refused=len(records.faults),
        key=key,
    )
    if key is None:
        return await _sent(intake, whole, records, release)
    name = publisher.division, key
    if name in intake.under_way:
        release()
        raise problems.key_in_use()
    intake.under_way.add(name)
    try:
        try:
            kept = await intake.recorder.remember(whole)  # 1
            if (kept.kind, kept.content_sha256) != (kind, digest):
                raise problems.key_reused()
        except BaseException:
            release()
            raise
        if kept.state == "sent":
            release()
            return _answered(kept, repeated=True)
        return await _sent(intake, replace(whole, id=kept.id), records, release)
    finally:
        intake.under_way.discard(name)


async def _sent(intake: Intake, whole: Submission, records: Records, release: Callable[[], None]) -> Response:
    """Steps 2 to 4."""
    topic = intake_topic(whole.publisher, whole.kind)
    places = await intake.producing.deliver(topic, records.keys, records.values, release, records.headers)  # 2
    ranges = submissions.ranges((topic, place.partition, place.offset) for place in places)
    told = written(_body(whole, topic, records, places))
    done = replace(whole, state="sent", ranges=ranges, answer=told if whole.key is not None else None)
    if whole.key is None:
        await intake.recorder.add(done)  # 3
    else:
        done = await intake.recorder.settle(done)  # 3
    metrics.EVENTS.labels(whole.kind, "acknowledged").inc(len(places))
    return _answered(replace(done, answer=done.answer or told))  # 4


def _body(whole: Submission, topic: str, records: Records, places: list[Place]) -> dict[str, Any]:
    return {
        "submission": str(whole.id),
        "kind": whole.kind,
        "sent": len(places),
        "refused": len(records.faults),
        "events": [
            {"index": row, "topic": topic, "partition": place.partition, "offset": place.offset}
            for row, place in zip(records.rows, places, strict=True)
        ],
        **({"not_sent": verdicts.refused(records)} if records.faults else {}),
    }


def _answered(done: Submission, repeated: bool = False) -> Response:
    more = {"Location": f"/v1/submissions/{done.id}"}
    if repeated:
        more["Idempotent-Replayed"] = "true"
    return Answer(done.answer, 202, no_store(more))


#: A thread that reads a large body lets the event loop go on after so many seconds.
SWITCH: Final = 0.001


def share_fairly() -> None:
    """Small requests do not wait for the interpreter while a large body is read."""
    sys.setswitchinterval(SWITCH)
