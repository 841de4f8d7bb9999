"""Peers that are slow, silent, too many, too fast or rude: each is bounded, and the others are served."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateways.hj212_gateway import Stage, run, sent, until


def test_while_kafka_is_slow_a_peer_is_read_no_further_and_memory_stays_bounded() -> None:
    async def scene(made: Stage) -> None:
        made.log.confirming = False
        monitor = await made.monitor()
        flood = asyncio.ensure_future(monitor.send(*[sent() * 50] * 2_000))
        await until(lambda: len(made.log.undecided) == 8)
        await asyncio.sleep(0.3)
        assert len(made.log.undecided) == 8
        assert made.gateway.held < 400_000
        assert not flood.done()
        made.log.confirm()
        assert (await monitor.hear()).field("CN") == "9014"
        flood.cancel()

    run(scene, in_flight=8, frames_per_second=1e6, burst=1e6)


def test_a_slow_reader_an_idle_and_a_silent_peer_are_shed() -> None:
    async def scene(made: Stage) -> None:
        slow, silent = await made.monitor(), await made.monitor()
        raw: socket.socket = slow.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.writer.transport.pause_reading()  # type: ignore[attr-defined]
        flood = asyncio.ensure_future(slow.send(*[sent() * 50] * 4_000))
        await asyncio.sleep(0.2)
        deadline = time.monotonic() + 20
        while made.gateway.connections and time.monotonic() < deadline:
            made.gateway.sweep()
            await asyncio.sleep(0.1)
        assert not made.gateway.connections
        flood.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await flood
        with pytest.raises((EOFError, ConnectionError)):
            await silent.hear()

    run(scene, slow=0.3, greeting=0.5, idle=3.0, frames_per_second=1e6, burst=1e6)


def test_too_many_connections_are_refused_and_a_place_is_free_again_after_one_has_gone() -> None:
    async def scene(made: Stage) -> None:
        first, second = await made.monitor(), await made.monitor()
        await first.send(sent())
        await first.hear()
        await second.send(sent())
        await second.hear()
        third = await made.monitor()
        with pytest.raises((EOFError, ConnectionError)):
            await third.hear()
        second.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        second.writer.close()
        await until(lambda: len(made.gateway.connections) == 1)
        fourth = await made.monitor()
        await fourth.send(sent())
        assert (await fourth.hear()).field("CN") == "9014"

    run(scene, per_address=2)


def test_a_fast_peer_waits_for_its_rate_and_loses_nothing() -> None:
    async def scene(made: Stage) -> None:
        monitor = await made.monitor()
        began = time.monotonic()
        await monitor.send(*[sent()] * 30)
        for _ in range(30):
            await monitor.hear()
        assert time.monotonic() - began > 0.35

    run(scene, frames_per_second=50.0, burst=10.0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=200) | st.just(sent()) | st.just(b"##0010"), max_size=12), st.randoms())
def test_whatever_a_peer_sends_the_gateway_goes_on_serving_the_next(pieces: list[bytes], order: random.Random) -> None:
    async def scene(made: Stage) -> None:
        rude = await made.monitor()
        stream = b"".join(pieces)
        while stream:
            cut = order.randint(1, len(stream))
            await rude.send(stream[:cut])
            stream = stream[cut:]
        rude.writer.write_eof()
        kind = await made.monitor()
        await kind.send(sent(QN="20260501000000999"))
        assert (await kind.hear()).field("QN") == "20260501000000999"
        await until(lambda: len(made.gateway.connections) == 1)
        assert made.gateway.held == 0

    run(scene)
