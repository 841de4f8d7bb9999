"""Typed events are the contracts, and refuse what a contract refuses."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import huiliu_publisher
from huiliu.kafka import Cluster
from huiliu_publisher import Award, Event, EventsRefused, Evidence, Publisher, PublisherError, Response, events
from huiliu_publisher.events_source import source
from schemas.contract import KINDS, contract
from schemas.encode import encode, written
from validators.sample import SAMPLES

CLASSES: dict[str, type[Event]] = {one.kind: one for one in Event.__subclasses__()}
ARRAYS: dict[str, Any] = {"limits": huiliu_publisher.Limit, "evidence": Evidence}


def typed(kind: str, **changes: Any) -> Event:
    """The sample of a kind as a typed event."""
    return CLASSES[kind](**{**_python(contract(kind).fields, SAMPLES[kind]), **changes})


def _python(fields: Any, event: Any) -> dict[str, Any]:
    found = {}
    for field in fields:
        value = event[field.name]
        if value is not None and field.logical == "date":
            value = date(1970, 1, 1) + timedelta(days=value)
        elif value is not None and field.logical:
            value = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=value)
        elif field.type == "array":
            value = tuple(ARRAYS[field.name](**_python(field.items, item)) for item in value)
        found[field.name] = value
    return found


def test_the_generated_module_is_that_of_the_contracts() -> None:
    command = "python -m huiliu_publisher.events_source > huiliu_publisher/events.py"
    assert Path(str(events.__file__)).read_text("utf-8") == source(), f"contracts have changed: {command}"
    assert [CLASSES[kind].__name__ for kind in KINDS] == [contract(kind).schema["name"] for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS)
def test_a_typed_event_is_the_same_bytes_as_the_mapping(kind: str) -> None:
    event = typed(kind)
    plain = {name: SAMPLES[kind][name] for name in contract(kind).names}
    assert written(contract(kind), event.in_frame_types()) == encode(kind, plain)
    assert pickle.loads(pickle.dumps(event)) == event
    assert dataclasses.replace(event, revision=9).in_frame_types()["revision"] == 9  # type: ignore[type-var]
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.revision = 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_the_contracts_words_in_the_source(kind: str) -> None:
    hints = typing.get_type_hints(CLASSES[kind])
    told = source()
    for field in contract(kind).fields:
        assert field.name in hints
        assert f'"""{field.zh} | '[:40] in told


def wrong(**changes: Any) -> EventsRefused:
    values = {**_python(contract("award").fields, SAMPLES["award"]), **changes}
    with pytest.raises(EventsRefused) as refused:
        Award(**{name: value for name, value in values.items() if value is not Ellipsis})
    return refused.value


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({"amount": ...}, "amount 奖补金额（分）：缺失，应为 long", "amount (amount, fen): missing, expected long"),
        ({"amount": 4.5}, "为 4.5，应为 long", "is 4.5, expected long"),
        ({"amount": True}, "为 true", "is true"),
        ({"status": "payed"}, "PROPOSED | PUBLICISED", "PROPOSED | PUBLICISED"),
        ({"ammount": 1}, "ammount：契约无此字段，最接近的是 amount", "no such field; nearest: amount"),
        ({"reported_at": datetime(2026, 9, 1)}, "tzinfo=datetime.UTC", "ZoneInfo('Asia/Shanghai')"),
        ({"reported_at": "2026-09-01T00:00:00Z"}, "应为 datetime.datetime", "expected datetime.datetime"),
        ({"paid_on": datetime(2026, 9, 1, tzinfo=UTC)}, "应为 datetime.date", "expected datetime.date"),
        ({"payee_name": "\ud800"}, "应为 string", "expected string"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_is_made_in_both_languages(
    changes: dict[str, Any], zh: str, en: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, told in (("zh", zh), ("en", en)):
        monkeypatch.setenv("HUILIU_LANGUAGE", language)
        refused = wrong(**changes)
        assert told in str(refused)
        assert [fault.fault.field for fault in refused.faults] == [*changes]


def test_all_that_is_wrong_is_told_at_once_and_records_in_arrays_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUILIU_LANGUAGE", "en")
    assert {one.fault.field for one in wrong(amount="x", level=None, paid_on=3).faults} == {
        "amount", "level", "paid_on",
    }  # fmt: skip
    with pytest.raises(EventsRefused, match=r"This Evidence .*\n.*size: is big, expected long"):
        Evidence(name="a.pdf", sha256="0" * 64, media_type="application/pdf", size="big")  # type: ignore[arg-type]
    values = _python(contract("response").fields, SAMPLES["response"])
    with pytest.raises(EventsRefused, match=r"evidence\[0\]: is object, expected record of name, sha256"):
        Response(**{**values, "evidence": [{"name": "a.pdf"}]})
    with pytest.raises(EventsRefused, match="a value without a name"):
        Award("340100")  # type: ignore[misc]


@given(st.datetimes(timezones=st.sampled_from([UTC, ZoneInfo("Asia/Shanghai"), timezone(timedelta(hours=-9))])))
def test_a_time_is_kept_to_the_millisecond_whatever_its_zone(moment: datetime) -> None:
    kept = typed("nil", reported_at=moment).in_frame_types()["reported_at"]
    assert kept == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def test_typed_events_of_several_kinds_are_kept_and_judged_in_their_order(tmp_path: Path) -> None:
    nil, award = typed("nil"), typed("award")
    with Publisher(Cluster("127.0.0.1:1"), "340100", spool=tmp_path / "s.db") as publisher:
        verdicts = publisher.check([award, nil, typed("nil", revision=0)])
        assert [(one["row"], one["outcome"]) for one in verdicts] == [
            (0, "accepted"), (1, "accepted"), (2, "rejected"),
        ]  # fmt: skip
        submission = publisher.send([award, nil])
        assert submission.topics == ("intake.340100.award", "intake.340100.nil")
        assert publisher.send(nil).topics == ("intake.340100.nil",)
        with pytest.raises(PublisherError, match="Award"):
            publisher.send([{"division": "340100"}])  # type: ignore[list-item]


def test_type_checkers_see_the_fields(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from datetime import UTC, datetime\n"
        "from huiliu_publisher import Nil, Publisher\n"
        'event = Nil(division="340100", revision="1", reported_at=datetime.now(UTC), obligation="AWARD", '
        'period="2026-08", reason="x")\n'
        "def send(publisher: Publisher) -> None:\n"
        "    publisher.send(event)\n"
        '    publisher.send("nil", [{}])\n'
        "    publisher.send(3)\n"
    )
    (tmp_path / "mypy.ini").write_text(
        "[mypy]\nstrict=true\nfollow_imports=skip\n[mypy-huiliu_publisher.*]\nfollow_imports=silent\n"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", str(tmp_path / "mypy.ini"),
         "--cache-dir", str(tmp_path / "cache"), str(program)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    found = [line for line in ran.stdout.splitlines() if ": error:" in line]
    assert len(found) == 2, ran.stdout
    assert 'Argument "revision" to "Nil"' in found[0]
    assert 'Argument 1 to "send"' in found[1]
