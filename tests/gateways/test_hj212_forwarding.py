"""What another platform answers, or does not, decides what is sent again; nothing is lost or needlessly doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from gateways.hj212 import frame
from gateways.hj212.cutter import Cutter
from gateways.hj212.forwarding import Frames, Platform, Relayed
from gateways.hj212.frame import Frame
from gateways.hj212.segment import Segment, parse
from tests.gateways.hj212_gateway import MN, segment

Answer = Callable[[Segment, int], bytes | None]  #: to a frame that comes for the so-manieth time; b"" hangs up


class Peer:
    """Another platform: remembers the QN of what it gets, answers as it is told to."""

    def __init__(self, answer: Answer) -> None:
        self.heard: list[str] = []
        self.answer = answer
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0.05)  # both ends notice

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cutter = Cutter()
        self._writers.add(writer)
        while data := await reader.read(4096):
            for one in cutter.feed(data):
                assert isinstance(one, Frame)
                told = parse(one.segment)
                qn = told.field("QN") or ""
                self.heard.append(qn)
                answer = self.answer(told, self.heard.count(qn))
                if answer == b"":
                    writer.close()
                    return
                if answer is not None:
                    writer.write(answer)
        writer.close()


def answered(to: Segment, cn: str = "9014", cp: str = "", *, mn: bool = True) -> bytes:
    name = f"MN={to.field('MN')};" if mn else ""
    return frame.build(f"QN={to.field('QN')};ST=91;CN={cn};PW=123456;{name}Flag=4;CP=&&{cp}&&".encode())


def relayed(number: int, mn: str = MN, flag: str = "5") -> Relayed:
    found = Frames().of(record(frame.build(segment(QN=qn(number), MN=mn, Flag=flag)), mn))
    assert found is not None
    return found


def record(raw: bytes, key: str = MN, topic: str = "intake.340100.reading", reason: str = "") -> Any:
    headers = [("hj212.frame", raw), ("hj212.reason", reason.encode())]
    return SimpleNamespace(topic=topic, key=key.encode(), value=raw, headers=headers)


def qn(number: int) -> str:
    return f"2026050100{number:04d}001"


@asynccontextmanager
async def peer(answer: Answer) -> AsyncIterator[Peer]:
    made = Peer(answer)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


def run(scene: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(scene(), 120))  # type: ignore[arg-type]


async def deliver(to: Platform, *frames: Relayed) -> None:
    """Until something is said of each, as the relay does."""
    while not all(one.said for one in frames):
        await to.attempt(frames)


def platform(made: Peer, **options: Any) -> Platform:
    return Platform("127.0.0.1", made.port, 0.3, away=0.05, **options)


def test_what_was_answered_before_the_line_broke_is_not_sent_again_and_the_rest_comes_in_order() -> None:
    async def scene() -> None:
        breaking = [True]

        def answer(to: Segment, times: int) -> bytes | None:
            if to.field("QN") == qn(3) and breaking:
                breaking.pop()
                return b""
            return answered(to)

        async with peer(answer) as made:
            to = platform(made)
            frames = [relayed(number) for number in range(6)]
            await deliver(to, *frames)
            assert {one.said for one in frames} == {"answered"}
            assert made.heard[:4] == [qn(0), qn(1), qn(2), qn(3)]
            assert made.heard[-3:] == [qn(3), qn(4), qn(5)]
            assert to.counts["answered"] == 6
            to.close()

    run(scene)


def test_frames_wait_for_a_platform_that_is_away_and_for_one_that_answers_nothing() -> None:
    async def scene() -> None:
        async with peer(lambda to, times: answered(to) if times > 6 else None) as made:
            to = platform(made)
            await made.close()
            delivering = asyncio.ensure_future(deliver(to, relayed(1), relayed(2)))
            await asyncio.sleep(0.3)
            assert not delivering.done()
            await made.open()
            await delivering
            assert to.counts["answered"] == 2
            assert (to.counts["unanswered"], to.counts["refused"]) == (0, 0)
            assert made.heard.count(qn(1)) == 7
            to.close()

    run(scene)


def test_a_frame_that_alone_gets_no_answer_is_counted_and_passed_over_after_four_tries() -> None:
    async def scene() -> None:
        async with peer(lambda to, times: None if to.field("QN") == qn(1) and times else answered(to)) as made:
            to = platform(made)
            first, second = relayed(1), relayed(2)
            to.counts.clear()
            await deliver(to, first, second)
            assert (first.said, second.said) == ("unanswered", "answered")
            assert (made.heard.count(qn(1)), made.heard.count(qn(2))) == (4, 1)
            to.close()

    run(scene)


def test_a_frame_without_answer_alone_on_the_line_waits_until_another_shows_that_the_platform_is_there() -> None:
    async def scene() -> None:
        async with peer(lambda to, times: None if to.field("QN") == qn(1) else answered(to)) as made:
            to = platform(made)
            first, second = relayed(1), relayed(2)
            for _ in range(6):
                await to.attempt([first])
            assert not first.said
            await deliver(to, first, second)
            assert (first.said, second.said) == ("unanswered", "answered")
            to.close()

    run(scene)


@pytest.mark.parametrize(
    ("cn", "cp", "tries"),
    [
        ("9011", "QnRtn=4", 1),
        ("9014", "QnRtn=3", 1),
        ("9014", "ExeRtn=5", 4),
        ("9011", "QnRtn=9", 4),
    ],
)
def test_an_answer_with_an_error_is_no_acknowledgement_and_only_errors_that_may_pass_are_tried_again(
    cn: str, cp: str, tries: int
) -> None:
    async def scene() -> None:
        async with peer(lambda to, times: answered(to, cn, cp)) as made:
            to = platform(made)
            one = relayed(1)
            await deliver(to, one)
            assert (one.said, len(made.heard)) == ("refused", tries)
            to.close()

    run(scene)


def test_a_damaged_line_is_tried_again_until_it_is_whole() -> None:
    async def scene() -> None:
        async with peer(
            lambda to, times: answered(to, "9014", "QnRtn=1") if times > 1 else answered(to, "9011", "QnRtn=9")
        ) as made:
            one = relayed(1)
            await deliver(to := platform(made), one)
            assert one.said == "answered"
            to.close()

    run(scene)


def test_an_answer_is_of_its_monitor_though_others_have_the_same_qn_and_some_platforms_leave_the_mn_out() -> None:
    async def scene() -> None:
        other = "010000A8900016F000169DC9"
        async with peer(
            lambda to, times: answered(to) if to.field("MN") == MN else answered(to, "9011", "QnRtn=4")
        ) as made:
            mine, theirs = relayed(1), relayed(1, other)
            await deliver(to := platform(made), mine, theirs)
            assert (mine.said, theirs.said) == ("answered", "refused")
            to.close()
        async with peer(lambda to, times: answered(to, mn=False)) as made:
            one = relayed(1)
            await deliver(to := platform(made), one)
            assert one.said == "answered"
            to.close()

    run(scene)


def test_what_asks_for_no_answer_and_a_platform_that_gives_none_are_done_with_once_sent() -> None:
    async def scene() -> None:
        async with peer(lambda to, times: None) as made:
            await deliver(to := platform(made), relayed(1, flag="4"))
            await deliver(silent := platform(made, answers=False), relayed(2))
            assert to.counts["sent_unasked"] == silent.counts["sent_unasked"] == 1
            to.close()
            silent.close()

    run(scene)


def test_each_frame_is_relayed_once_whatever_stands_between_its_readings() -> None:
    frames = Frames()
    one, two = frame.build(segment(QN=qn(1))), frame.build(segment(QN=qn(2)))
    kept = [
        frames.of(record(one)),
        frames.of(record(two, "other")),
        frames.of(record(one)),
        frames.of(record(one + two)),
        frames.of(record(two, topic="hj212.frames", reason="crc")),
        frames.of(record(two, topic="hj212.frames", reason="packet")),
        frames.of(record(b"", topic="hj212.frames", reason="whole")),
    ]
    assert [found is not None for found in kept] == [True, True, False, False, False, True, False]
