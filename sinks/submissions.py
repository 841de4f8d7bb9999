"""Submissions: what was handed in at once (one request, one file), where its records went, and what became of them.

All ways in write them, so that a sender has one history. A way in that promises never to do the same thing twice
remembers the sender's key first (:func:`remember`), sends, and then says where everything went (:func:`settle`); one
that has no key says it in one go (:func:`add`).
"""

from __future__ import annotations

import secrets
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from huiliu.clock import now_ms
from huiliu.division import DivisionCode
from huiliu.outcome import Outcome
from sinks import ledger
from sinks.queries import query
from sinks.tables.submission import SUBMISSION

Channel = Literal["kafka", "http", "file", "hj212"]
State = Literal["pending", "sent"]

#: Quarantined offsets that are named of a range; the others are found in the quarantine.
NAMED: Final = 20


class Range(NamedTuple):
    """Records of a submission that lie one after the other in a partition: first and last offset, both included."""

    topic: str
    partition: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submission. ``refused``: how many of it fit no contract and were not sent.

    ``name``: of the file, if it was one; ``content_sha256``: of what was handed in, as it came; ``key``: the sender's
    idempotency key; ``answer``: what was answered, to be repeated to the byte.
    """

    id: uuid.UUID
    publisher: DivisionCode
    channel: Channel
    kind: str
    content_sha256: bytes
    state: State = "sent"
    records: int = 0
    refused: int = 0
    ranges: tuple[Range, ...] = ()
    name: str | None = None
    key: str | None = None
    answer: bytes | None = None
    sent_at: datetime | None = None  #: given by the warehouse


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then 74 of chance; they sort by time."""
    number = (now_ms() & (1 << 48) - 1) << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62
    return uuid.UUID(int=number | secrets.randbits(62))


def ranges(places: Iterable[tuple[str, int, int]]) -> tuple[Range, ...]:
    """Places (topic, partition, offset) as ranges: sorted, neighbours joined."""
    found: list[Range] = []
    for topic, partition, offset in sorted(places):
        last = found[-1] if found else None
        if last is not None and last[:2] == (topic, partition) and offset <= last.last + 1:
            found[-1] = last._replace(last=offset)
        else:
            found.append(Range(topic, partition, offset, offset))
    return tuple(found)


def add(connection: Connection, done: Sequence[Submission]) -> None:
    """Keep submissions whose records the broker has confirmed."""
    if done:
        connection.execute(insert(SUBMISSION), [_row(one) for one in done])


def remember(connection: Connection, intended: Submission) -> Submission:
    """Keep what is about to be sent under a key, or find what was kept under it before, whatever became of that.

    The caller compares ``kind`` and ``content_sha256``: another content under the same key is not the same request.
    """
    row = _row(replace(intended, state="pending"))
    fresh = upsert(SUBMISSION).values(row).on_conflict_do_nothing(index_elements=["publisher", "key"])
    connection.execute(fresh)
    kept = SUBMISSION.c.publisher == int(intended.publisher), SUBMISSION.c.key == intended.key
    return _submission(connection.execute(select(SUBMISSION).where(*kept)).one())


def by_key(connection: Connection, publisher: DivisionCode, key: str) -> Submission | None:
    """What was kept under a publisher's key; None where nothing was."""
    asked = {"publisher": int(publisher), "key": key}
    row = connection.execute(text(query("submissions", "by_key")), asked).one_or_none()
    return None if row is None else _submission(row)


def settle(connection: Connection, sent: Submission) -> Submission:
    """Say where the records of a remembered submission went. Whoever was first has said it: that is returned."""
    changed = {name: value for name, value in _row(replace(sent, state="sent")).items() if name not in _FIXED}
    pending = SUBMISSION.c.id == sent.id, SUBMISSION.c.state == "pending"
    connection.execute(update(SUBMISSION).where(*pending).values(changed))
    return _submission(connection.execute(select(SUBMISSION).where(SUBMISSION.c.id == sent.id)).one())


_FIXED: Final = ("id", "publisher", "channel", "kind", "content_sha256", "key", "name")


def one(connection: Connection, publisher: DivisionCode, submission: uuid.UUID) -> Submission | None:
    """A publisher's own submission; None for one that is not there or another's."""
    own = SUBMISSION.c.id == submission, SUBMISSION.c.publisher == int(publisher)
    found = connection.execute(select(SUBMISSION).where(*own)).one_or_none()
    return None if found is None else _submission(found)


class Line(NamedTuple):
    """A submission in a history: how many records wait to be loaded, and how many are in quarantine."""

    submission: Submission
    waiting: int
    quarantined: int


def history(
    connection: Connection,
    publisher: DivisionCode,
    *,
    kind: str | None = None,
    before: uuid.UUID | None = None,
    limit: int = 100,
) -> list[Line]:
    """A publisher's submissions, newest first; ``before``: the id of the last one seen, for the next page."""
    chosen = {"publisher": int(publisher), "kind": kind, "before": before, "limit": limit}
    rows = connection.execute(text(query("submissions", "history")), chosen)
    return [Line(_submission(row), row.waiting, row.quarantined) for row in rows]


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a range: counts by outcome (``waiting``: not loaded yet), the first quarantined offsets.

    ``receipts``: first offsets of the ledger entries that hold it.
    """

    range: Range
    counts: Mapping[str, int]
    quarantined: tuple[int, ...]
    receipts: tuple[int, ...]


def fates(connection: Connection, of: Sequence[Range]) -> list[Fate]:
    """What became of each range, by the ledger."""
    return [_fate(connection, one) for one in of]


def _fate(connection: Connection, of: Range) -> Fate:
    counts: Counter[str] = Counter()
    quarantined: list[int] = []
    receipts: list[int] = []
    for entry in ledger.over(connection, *of):
        first = max(of.first, entry.first_offset)
        mine = entry.outcomes[first - entry.first_offset : of.last + 1 - entry.first_offset]
        counts.update({outcome.name.lower(): mine.count(int(outcome)) for outcome in Outcome})
        at = -1
        while len(quarantined) < NAMED and (at := mine.find(int(Outcome.QUARANTINED), at + 1)) >= 0:
            quarantined.append(first + at)
        receipts.append(entry.first_offset)
    counts["waiting"] = of.last + 1 - of.first - counts.total()
    return Fate(of, {name: count for name, count in counts.items() if count}, tuple(quarantined), tuple(receipts))


def forget_keys(connection: Connection, days: int) -> int:
    """Keys and answers older than this many days are forgotten, pending ones dropped; the history stays."""
    dropped = connection.execute(text(query("submissions", "drop_pending")), {"days": days}).rowcount
    return dropped + connection.execute(text(query("submissions", "forget_keys")), {"days": days}).rowcount


def _row(of: Submission) -> dict[str, Any]:
    row = {**asdict(of), "publisher": int(of.publisher), "ranges": [one._asdict() for one in of.ranges]}
    row["answer"] = None if of.answer is None else zlib.compress(of.answer, level=1)
    del row["sent_at"]
    return row


def _submission(row: Row[Any]) -> Submission:
    known = {name: getattr(row, name) for name in Submission.__slots__}
    return Submission(
        **{
            **known,
            "publisher": DivisionCode(f"{row.publisher:06d}"),
            "content_sha256": bytes(row.content_sha256),
            "ranges": tuple(Range(**one) for one in row.ranges),
            "answer": None if row.answer is None else zlib.decompress(row.answer),
        }
    )
