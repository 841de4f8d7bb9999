"""Making the topics that schemas.topics describes, as often as one likes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from deploy.cluster import admin
from deploy.errors import TopicError
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas import topics
from schemas.contract import KINDS

AT_ONCE = 200  # topics in one request


def hub_topics() -> list[str]:
    """The topics that are there whoever publishes."""
    return [topics.PUBLISHERS, topics.HJ212_FRAMES, topics.ROLLUPS, *(topics.province_topic(kind) for kind in KINDS)]


def publisher_topics(division: str, kinds: Iterable[str]) -> list[str]:
    """The topics of one publisher: its ways in, and where it hears back."""
    back = [topics.quarantine_topic(division), topics.receipts_topic(division), topics.directives_topic(division)]
    return [topics.intake_topic(division, kind) for kind in kinds] + back


def intake_topics(kafka: Cluster) -> list[str]:
    """The ways in that exist now.

    :raises Unavailable: the cluster does not answer.
    """
    with admin(kafka) as client:
        return sorted(name for name in client.list_topics() if topics.parse_intake(name) is not None)


def ensure(kafka: Cluster, names: Iterable[str], partitions: int) -> list[str]:
    """Make those of the topics that are not there and wait until each has a leader; returns their names.

    :param kafka: the cluster.
    :param partitions: for families that leave it to the setting HUILIU_PARTITIONS.
    :raises Unavailable: the cluster does not answer.
    :raises TopicError: the cluster refuses a topic.
    """
    with admin(kafka) as client:
        present = set(client.list_topics())
        absent = [name for name in dict.fromkeys(names) if name not in present]
        for start in range(0, len(absent), AT_ONCE):
            some = absent[start : start + AT_ONCE]
            answer = client.create_topics({name: _request(name, partitions) for name in some}, raise_errors=False)
            _refused(answer["topics"])
            client.wait_for_topics(some, timeout_ms=30_000)
    return absent


def _request(name: str, partitions: int) -> dict[str, object]:
    family = topics.topology(name)
    if family is None:
        raise TopicError(text(f"{name} 不是汇流的主题。", f"{name} is not a topic of the hub."))
    return {"num_partitions": family.partitions or partitions, "configs": family.configuration}


def _refused(answers: Sequence[dict[str, object]]) -> None:
    """Somebody else making the same topic at the same time is no fault; everything else is."""
    from kafka.errors import NoError, TopicAlreadyExistsError, for_code

    for answer in answers:
        error = for_code(answer["error_code"])
        if error not in (NoError, TopicAlreadyExistsError):
            reason = answer.get("error_message") or error.__name__
            raise TopicError(
                text(f"无法建立主题 {answer['name']}：{reason}", f"Topic {answer['name']} cannot be made: {reason}")
            )
