"""Whatever is posted is answered with 2xx or 4xx; and what is read fast is what is read strictly."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateways.http import events, intake
from gateways.http.access import Access
from gateways.http.errors import handle_errors
from gateways.http.intake import Intake, Limits
from gateways.http.limits import Flight, Rates
from gateways.http.producing import Place
from huiliu.division import DivisionCode
from schemas import event_json
from schemas.citation import Headers
from schemas.contract import KINDS
from schemas.event_json import to_json
from schemas.value import Fault
from sinks.publishers import Publisher
from sinks.submissions import Submission
from tests.gateways.http.conftest import Caller, calling
from validators.sample import SAMPLES


class Anybody:
    async def of(self, header: str | None, address: str) -> Publisher:
        return Publisher(division=DivisionCode("340100"), kinds=KINDS)


class Broker:
    """Confirms whatever it is given."""

    async def deliver(
        self,
        topic: str,
        keys: Sequence[bytes],
        values: Sequence[bytes],
        release: Callable[[], None],
        headers: Sequence[Headers] = (),
    ) -> list[Place]:
        release()
        return [Place(0, offset) for offset in range(len(values))]


class Memory:
    async def add(self, done: Submission) -> Submission:
        return done


@pytest.fixture(scope="module")
def gateway() -> Iterator[Caller]:
    app = FastAPI()
    app.include_router(intake.router)
    app.add_middleware(Access)
    handle_errors(app)
    flight = Flight(1 << 30)
    parts = cast("Any", (Anybody(), Broker(), Memory()))
    app.state.intake = Intake(*parts, Limits(1 << 20, 1000, 1 << 16), Rates(1e9, 1e9), flight)
    with calling(app) as caller:
        yield caller
    assert flight.held == 0


VALID = [json.dumps(to_json(kind, SAMPLES[kind])).encode() for kind in KINDS]

MANGLED = st.builds(
    lambda text, at, piece, gone: text[: at % len(text)] + piece + text[at % len(text) + gone :],
    st.sampled_from([*VALID, b"[" + VALID[0] + b"," + VALID[0] + b"]", VALID[5] + b"\n" + VALID[5]]),
    st.integers(0, 2000),
    st.binary(max_size=4)
    | st.sampled_from([b'"', b"{", b"}", b"\\ud800", b"1e999", b"null", b"9" * 30, b",", b"\x00"]),
    st.integers(0, 3),
)
BODIES = st.one_of(
    st.binary(max_size=64), MANGLED, st.sampled_from([b"[" * 100_000, b'{"a":' * 50_000, b"\xef\xbb\xbf[]"])
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    content=BODIES,
    kind=st.sampled_from([*KINDS, "x", "%00", "a/b"]),
    media=st.sampled_from(["application/json", "application/x-ndjson", "text/plain", ""]),
    encoding=st.sampled_from(["", "gzip", "br"]),
    query=st.sampled_from(["", "?validate=only", "?partial=true", "?partial=", "?%00=%ff"]),
    squeeze=st.booleans(),
    cited=st.sampled_from([None, "", "x/y/z", "intake.340100.nil/0/1", "intake.340100.nil/0/9" + "9" * 30]),
)
def test_whatever_bytes_are_posted_the_answer_is_2xx_or_4xx(
    content: bytes, kind: str, media: str, encoding: str, query: str, squeeze: bool, cited: str | None, gateway: Caller
) -> None:
    sent = gzip.compress(content, mtime=0) if squeeze and encoding == "gzip" else content
    headers = {"content-type": media, "content-encoding": encoding}
    if cited is not None:
        headers["huiliu-corrects"] = cited
    answer = gateway.post(f"/v1/events/{kind}{query}", content=sent, headers=headers)
    assert 200 <= answer.status_code < 500, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert answer.json()["zh"]["mend"]


@settings(deadline=None)
@given(MANGLED | st.binary(max_size=40))
@example(b'{"a":1, "a" :2}')
@example(b'{"a":"\\":","a":2}')
@example(b"[123456789012345678901234567890]")
@example(b"-0")
@example(b'{"a":"\\ud800"}')
def test_json_read_fast_is_json_read_strictly(text: bytes) -> None:
    fast, strict = events.parse(text), event_json.parse(text)
    assert isinstance(fast, Fault) == isinstance(strict, Fault)
    assert repr(fast) == repr(strict)


@settings(deadline=None)
@given(st.lists(MANGLED.filter(lambda line: b"\n" not in line), min_size=1, max_size=4))
@example([b'{"a":1},{"a":2}', b'{"a":[{}', b'{"b":1}]}'])
def test_each_line_is_read_by_itself(lines: list[bytes]) -> None:
    assert repr(events.lines_of(lines, 10)) == repr([event_json.parse(line) for line in lines])


@pytest.mark.parametrize("kind", KINDS)
def test_few_events_and_many_become_the_same_records(kind: str) -> None:
    event = to_json(kind, SAMPLES[kind])
    few, many = events.records(kind, [event], 1 << 20), events.records(kind, [event] * 40, 1 << 20)
    assert few.values * 40 == many.values
    assert few.keys * 40 == many.keys
    assert many.rows == [*range(40)]


def test_a_record_too_large_is_a_fault_of_its_own_row() -> None:
    event = to_json("nil", SAMPLES["nil"])
    found = events.records("nil", [event, {**event, "reason": "x" * 2000}, event] * 8, 1000)
    assert sorted(found.faults) == [*range(1, 24, 3)]
    assert len(found.rows) == len(found.values) == 16
