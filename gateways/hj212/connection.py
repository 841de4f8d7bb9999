"""One monitor's connection: bytes in, answers out, and no more of the gateway than the limits give."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from typing import Any, Final, cast

from gateways.hj212 import counting
from gateways.hj212.admission import Refusal
from gateways.hj212.cutter import Cutter
from gateways.hj212.frame import Frame, Noise
from gateways.hj212.gateway import Gateway
from gateways.hj212.limits import RECEIVE, SLICE, Bucket

logger = logging.getLogger(__name__)

#: Half-open connections: seconds of silence until the system asks, between two questions, and how many of them.
_KEEPALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))
#: Bytes of answers that may wait for a peer before it counts as slow.
_ANSWERS: Final = 16 * 1024
#: What one bad frame after another may be for; noise of the line and a wrong check are not the peer's fault.
_FORGIVEN: Final = frozenset({Refusal.CRC})


class Connection(asyncio.Protocol):
    """Cuts what comes into frames and hands them to the gateway one after the other.

    While the gateway is busy with them (Kafka is slow, the peer is too fast, memory is short) nothing more is read, so
    the peer's own system makes it wait.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._transport: asyncio.Transport | None = None
        self._cutter = Cutter(opener=gateway.open)
        self._unread = bytearray()
        self._pump: asyncio.Task[None] | None = None
        self._flowing = asyncio.Event()
        self._reading = True
        self._welcome = self._ended = False
        self._refusals = 0
        self._answers: list[bytes] = []
        now = time.monotonic()
        self._bucket = Bucket(gateway.limits.frames_per_second, gateway.limits.burst, now)
        self._since = self._heard = now
        self._slow_since: float | None = None
        self.in_flight = 0
        self.address, self.peer = "", ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the peer in, or close at once where there are too many."""
        taken = cast("asyncio.Transport", transport)  # uvloop's is no subclass of it
        self._transport = taken
        self.address, self.peer = _peer(transport)
        limits, gateway = self._gateway.limits, self._gateway
        full = len(gateway.connections) >= limits.connections
        if full or gateway.addresses[self.address] >= limits.per_address:
            self.shed("too_many" if full else "too_many_of_address")
            return
        gateway.connections.add(self)
        gateway.addresses[self.address] += 1
        counting.CONNECTED.inc()
        _tune(transport.get_extra_info("socket"))
        taken.set_write_buffer_limits(high=_ANSWERS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the peer; what Kafka has not confirmed of it goes on and is not acknowledged."""
        gateway = self._gateway
        if self in gateway.connections:
            gateway.connections.discard(self)
            gateway.addresses[self.address] -= 1
            if not gateway.addresses[self.address]:
                del gateway.addresses[self.address]
        gateway.hold(-len(self._unread))
        self._unread.clear()
        self._transport = None
        self.go_on()

    def data_received(self, data: bytes) -> None:
        """Put bytes aside for the pump; stop reading while it has enough."""
        if self._transport is None or self._transport.is_closing():
            return
        self._heard = time.monotonic()
        counting.BYTES.inc(len(data))
        self._unread += data
        self._gateway.hold(len(data))
        if len(self._unread) > RECEIVE and self._reading:
            self._reading = False
            self._transport.pause_reading()
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._work())

    def eof_received(self) -> bool:
        """The peer has said all; keep the connection until it has had its answers."""
        self._ended = True
        if self._pump is None:
            self._pump = asyncio.get_running_loop().create_task(self._work())
        return True

    def pause_writing(self) -> None:
        """The peer does not take its answers: it gets some time, and meanwhile nothing is read."""
        self._slow_since = time.monotonic()
        self._flowing.clear()

    def resume_writing(self) -> None:
        """It has taken them."""
        self._slow_since = None
        self.go_on()

    def answer(self, data: bytes) -> None:
        """Say something to the peer, if it is still there; answers of one turn go out together."""
        if not self._answers:
            asyncio.get_running_loop().call_soon(self._say)
        self._answers.append(data)

    def _say(self) -> None:
        data = b"".join(self._answers)
        self._answers.clear()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def welcome(self) -> None:
        """A known monitor has spoken."""
        self._welcome, self._refusals = True, 0

    def refused(self, why: Refusal) -> None:
        """A frame was refused; too many in a row close the connection."""
        if why not in _FORGIVEN:
            self._refusals += 1
        if self._refusals >= self._gateway.limits.refusals:
            self.shed("refused", politely=True)

    def shed(self, reason: str, *, politely: bool = False) -> None:
        """Close the connection, after the answers that wait when ``politely``."""
        if self._transport is None or self._transport.is_closing():
            return
        counting.SHED.labels(reason).inc()
        if politely:
            self._say()
            self._transport.close()
        else:
            self._transport.abort()

    def go_on(self) -> None:
        """Something that was waited for has changed."""
        self._flowing.set()
        if self._ended and self._pump is None and not self.in_flight and self._transport is not None:
            self._say()
            self._transport.close()

    def sweep(self, now: float) -> None:
        """Close what is idle, silent from the start or slow; finish a frame whose rest does not come."""
        limits = self._gateway.limits
        if self._slow_since is not None and now - self._slow_since > limits.slow:
            self.shed("slow")
        elif now - self._heard > limits.idle:
            self.shed("idle")
        elif not self._welcome and now - self._since > limits.greeting and self._pump is None:
            self.shed("greeting")
        elif self._pump is None and self._cutter.undecided and now - self._heard > limits.unfinished:
            self._pump = asyncio.get_running_loop().create_task(self._work(final=True))

    async def _work(self, *, final: bool = False) -> None:
        """Slice after slice of what was read, frame after frame of each slice."""
        try:
            if final:
                await self._take(self._cutter.end())
            while self._unread:
                piece = bytes(self._unread[:SLICE])
                del self._unread[:SLICE]
                await self._take(self._cutter.feed(piece))
                self._gateway.hold(-len(piece))
                await self._gateway.make_room()
            if self._ended:
                await self._take(self._cutter.end())
        except Exception:
            logger.exception("A connection with %s ends with a fault of ours", self.peer)
            self.shed("fault")
        finally:
            self._pump = None
        self._read_on()
        if self._ended:
            self.go_on()

    async def _take(self, pieces: list[Frame | Noise]) -> None:
        for piece in pieces:
            wait = self._bucket.take(time.monotonic())
            if wait:
                await asyncio.sleep(wait)
            while self._transport is not None and (
                self.in_flight >= self._gateway.limits.in_flight or self._slow_since is not None
            ):
                self._flowing.clear()
                await self._flowing.wait()
            if self._transport is None or self._transport.is_closing():
                return  # nobody is left to acknowledge to: what follows comes again
            await self._gateway.take(self, piece)

    def _read_on(self) -> None:
        if not self._reading and self._transport is not None and not self._transport.is_closing():
            self._reading = True
            self._transport.resume_reading()


def _peer(transport: asyncio.BaseTransport) -> tuple[str, str]:
    name: Any = transport.get_extra_info("peername")
    if not name:
        return "", ""
    host, port = str(name[0]).removeprefix("::ffff:"), name[1]
    return host, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _tune(peer: Any) -> None:
    """Answers go out at once, and a peer that is gone without a word is noticed."""
    if peer is None:
        return
    try:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if hasattr(socket, name):
                peer.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    except OSError as fault:  # it has gone already
        logger.debug("A connection cannot be tuned: %s", fault)
