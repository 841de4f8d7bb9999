"""The publisher's SDK: check events offline, keep them safe while the broker is away, send them, await the receipts.

    from huiliu_publisher import Publisher
    with Publisher(cluster, "340100", spool="spool.db") as publisher:
        submission = publisher.send("nil", [{...}])
        for answer in submission.wait():
            print(answer.outcome, answer.receipt)

Needs a Kafka address and a publisher's credentials; no warehouse. A package of its own beside the gateways: it stands
on ``validators`` and ``schemas``, so a verdict here is one by the hub's own rules.
"""

from huiliu_publisher.answers import Answer
from huiliu_publisher.errors import EventsRefused, NoAnswer, PublisherError, SpoolFull
from huiliu_publisher.publisher import Publisher, Submission

__all__ = ["Answer", "EventsRefused", "NoAnswer", "Publisher", "PublisherError", "SpoolFull", "Submission"]
