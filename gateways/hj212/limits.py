"""What one peer may take of the gateway, so that no peer can take it from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Where monitors reach the gateway unless a setting says otherwise.
PORT: Final = 9212
#: Bytes read from the kernel at a time, and kept unread for one connection at most about twice that.
RECEIVE: Final = 32 * 1024
#: Bytes of a connection's unread data that are cut into frames at a time.
SLICE: Final = 4 * 1024
#: Seconds between two looks at all connections.
SWEEP: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds for peers. Times are seconds, sizes bytes."""

    connections: int = 50_000  #: in total
    per_address: int = 5_000  #: from one address: many monitors may stand behind one
    frames_per_second: float = 50.0  #: of one connection, lasting
    burst: float = 200.0  #: frames that may come at once
    idle: float = 4_000.0  #: without a byte: the longest interval of real-time data is 3,600 s (2017, 6.7)
    greeting: float = 60.0  #: from connecting to the first frame of a monitor that is known
    unfinished: float = 20.0  #: for the rest of a frame that has begun
    slow: float = 20.0  #: for a peer to take the answers it has asked for
    refusals: int = 8  #: frames refused one after the other until the connection is closed
    in_flight: int = 64  #: frames of one connection that Kafka has not confirmed
    memory: int = 256 * 1024 * 1024  #: of all connections together: read and not confirmed yet


class Bucket:
    """Frames a connection may still send: it fills steadily and holds no more than the burst."""

    __slots__ = ("_burst", "_left", "_rate", "_seen")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._left, self._seen = rate, burst, burst, now

    def take(self, now: float) -> float:
        """Take one frame's worth; the seconds to wait before the frame may be handled, 0.0 mostly."""
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate) - 1.0
        self._seen = now
        return -self._left / self._rate if self._left < 0 else 0.0
