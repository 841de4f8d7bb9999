"""Being one of several workers of a group: what to subscribe to, who gets which partition, how soon all know.

- A worker joins with its topics or not at all. Faust (0.15.3) subscribes once its agents are started, which is not
  once their streams have said what they read; what a stream says while the first subscription is on its way, Faust
  forgets. Seen here: a worker that joined without intake topics, was given no partition, and stood by for ever.
- Partitions stay where they are as far as the balance allows: when a worker joins or leaves, only those move that
  must. Round robin is offered as well, so that workers of both ways can be in one group while it is renewed.
- In a rebalance nobody reads until the last worker has heard of it, with its next heartbeat: hence two a second.
"""

from __future__ import annotations

from typing import Any, Final

from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from faust.transport.conductor import Conductor

#: In the order of preference; the group takes the first that all its workers offer.
ASSIGNORS: Final = (StickyPartitionAssignor, RoundRobinPartitionAssignor)

#: Seconds between two heartbeats. All partitions stand still for as long, when a worker joins or leaves.
HEARTBEAT: Final = 0.5

#: Seconds between two looks whether the agents have said what they read.
_LOOK: Final = 0.01


class WholeConductor(Conductor):  # type: ignore[misc]  # Faust is not typed
    """Subscribes only when every agent's stream has said what it reads."""

    async def _update_indices(self) -> Any:
        while len(self._topics) < len(self.app.agents) and not self.should_stop:
            await self.sleep(_LOOK)
        return await super()._update_indices()
