"""Being one of several workers of a group: what to subscribe to, who gets which partition, how soon all know.

- A worker joins with its topics or not at all. Faust (0.15.3) subscribes once its agents are started, which is not
  once their streams have said what they read; what a stream says while the first subscription is on its way, Faust
  forgets. Seen here: a worker that joined without intake topics, was given no partition, and stood by for ever.
- Partitions stay where they are as far as the balance allows: when a worker joins or leaves, only those move that
  must. The client's own sticky assignor (aiokafka 0.14) has a third worker move a tenth of the partitions between the
  first two; its way of telling the leader who had what is used here. Round robin is offered as well, so that workers of
  both ways can be in one group while it is renewed.
- In a rebalance nobody reads until the last worker has heard of it, with its next heartbeat: hence two a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiokafka.cluster import ClusterMetadata
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment, ConsumerProtocolMemberMetadata
from faust.transport.conductor import Conductor

Partition = tuple[str, int]  #: topic, number

#: Seconds between two heartbeats. All partitions stand still for as long, when a worker joins or leaves.
HEARTBEAT: Final = 0.5

#: Seconds between two looks whether the agents have said what they read.
_LOOK: Final = 0.01


def share(
    partitions: Iterable[Partition], reads: Mapping[str, set[str]], had: Mapping[str, Iterable[Partition]]
) -> dict[str, set[Partition]]:
    """The partitions of each member: even, and what a member had stays with it up to its even share.

    ``reads``: the topics of each member; while publishers come and go they differ for a moment. ``had``: what each says
    it had. What two say they had, neither keeps: one of them was thought dead.
    """
    whole = {one for one in partitions if any(one[0] in topics for topics in reads.values())}
    claims = {
        member: [one for one in had.get(member, ()) if one in whole and one[0] in reads[member]] for member in reads
    }
    claimed = [one for claim in claims.values() for one in claim]
    twice = {one for one in claimed if claimed.count(one) > 1} if len(claimed) > len(set(claimed)) else set()
    each, over = divmod(len(whole), len(reads))
    shared: dict[str, set[Partition]] = {}
    # Those who have most keep one more, as far as it does not come out even. Of each topic they keep the first numbers.
    for place, member in enumerate(sorted(reads, key=lambda one: (-len(claims[one]), one))):
        kept = sorted((one for one in claims[member] if one not in twice), key=lambda one: (one[1], one[0]))
        shared[member] = set(kept[: each + (place < over)])
    for one in sorted(whole.difference(*shared.values())):
        readers = (member for member in reads if one[0] in reads[member])
        shared[min(readers, key=lambda member: (len(shared[member]), member))].add(one)
    return shared


class StayingAssignor(StickyPartitionAssignor):  # type: ignore[misc]  # aiokafka is not typed
    """Hands out by ``share``. What a member had travels as the client's sticky assignor sends it."""

    name = "huiliu-staying"

    @classmethod
    def assign(
        cls, cluster: ClusterMetadata, members: Mapping[str, ConsumerProtocolMemberMetadata]
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Run by the worker that the broker makes the leader."""
        told = {member: cls.parse_member_metadata(metadata) for member, metadata in members.items()}
        reads = {member: set(one.subscription) for member, one in told.items()}
        had = {member: [(place.topic, place.partition) for place in one.partitions] for member, one in told.items()}
        topics = set().union(*reads.values())
        partitions = ((topic, number) for topic in topics for number in cluster.partitions_for_topic(topic) or ())
        return {member: _assignment(cls.version, given) for member, given in share(partitions, reads, had).items()}


def _assignment(version: int, given: set[Partition]) -> ConsumerProtocolMemberAssignment:
    by_topic: dict[str, list[int]] = {}
    for topic, number in sorted(given):
        by_topic.setdefault(topic, []).append(number)
    return ConsumerProtocolMemberAssignment(version, list(by_topic.items()), b"")


#: In the order of preference; the group takes the first that all its workers offer.
ASSIGNORS: Final = (StayingAssignor, RoundRobinPartitionAssignor)


class WholeConductor(Conductor):  # type: ignore[misc]  # Faust is not typed
    """Subscribes only when every agent's stream has said what it reads."""

    async def _update_indices(self) -> Any:
        while len(self._topics) < len(self.app.agents) and not self.should_stop:
            await self.sleep(_LOOK)
        return await super()._update_indices()
