"""The publisher's SDK: check events offline, keep them safe while the broker is away, send them, await the receipts.

    from huiliu_publisher import Nil, Publisher
    with Publisher.of("hefei", spool="spool.db") as publisher:
        submission = publisher.send(Nil(division="340104", ...))
        for answer in submission.wait():
            print(answer.outcome, answer.receipt)

Needs the folder that ``huiliu publisher add --into`` wrote, or a ``Cluster``; no warehouse. A package of its own beside
the gateways: it stands on ``validators`` and ``schemas``, so a verdict here is one by the hub's own rules. There is an
event class for each kind, made from its contract (``events``); mappings as JSON has them are taken too.
"""

from huiliu_publisher.answers import Answer
from huiliu_publisher.errors import DoorClosed, EventsRefused, NoAnswer, PublisherError, SpoolFull
from huiliu_publisher.event import Event
from huiliu_publisher.events import Award, Evidence, Indicator, Limit, Nil, Project, Reading, Registration, Response
from huiliu_publisher.publisher import Publisher, Submission

__all__ = [
    "Answer",
    "Award",
    "DoorClosed",
    "Event",
    "EventsRefused",
    "Evidence",
    "Indicator",
    "Limit",
    "Nil",
    "NoAnswer",
    "Project",
    "Publisher",
    "PublisherError",
    "Reading",
    "Registration",
    "Response",
    "SpoolFull",
    "Submission",
]
