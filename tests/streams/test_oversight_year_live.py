"""The small year of oversight through the real hub, shuffled and delivered twice, then once more: nothing differs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from sqlalchemy import text

from oversight.cases.answer import Answer, Answered, read
from oversight.cases.case import fold
from oversight.cases.event import CaseEvent
from oversight.cases.judgement import Judged
from oversight.cases.keeping import Place, answer_kept, case_of, events_of
from oversight.facts_known import known
from oversight.obligations.duty_files import shipped as duties
from oversight.obligations.known import owed
from oversight.obligations.states import states
from oversight.rule_files import shipped
from oversight.standing import standing
from simulation.oversight_year import events
from simulation.oversight_year.answers import Directive, answers
from simulation.oversight_year.size import SMALL
from simulation.oversight_year.year import OversightYear
from simulation.publisher import connected
from streams.oversight_judging import judge_now

pytestmark = pytest.mark.live

RULES = shipped()
_ANSWERED = 20  #: cases that are answered
#: What a matter says; ``seen`` and evidence of awards tell of the moment of loading, which is another.
SAID = ("rule", "cause", "division", "period", "severity", "value", "threshold", "unit")
#: What a rule of the small kinds finds. Monitors send all in one minute what they measured in a month.
SMALL_KINDS = ("project-", "award-", "indicator-")


@pytest.mark.drill
def test_matters_obligations_and_cases_after_random_replays_are_those_of_the_year(
    hub: Any, prove: Callable[..., None]
) -> None:
    year, generator = OversightYear(5, SMALL), np.random.default_rng(5)
    for city in SMALL.codes:
        hub.publish_for(city, *events.KINDS)
    with hub.warehouse.batch() as connection:
        connection.execute(text("update publisher set owes_from = :day"), {"day": SMALL.first})
    hub.worker()
    loaded = 0
    with connected(hub.kafka) as publisher:
        loaded += publisher.send(events.registrations(year)).records
        hub.wait_for(loaded)
        month = SMALL.calendar[1]
        for part in (events.small(year), events.readings(year, SMALL.codes[1], month)):
            loaded += publisher.send(events.delivered(generator, part)).records
        hub.wait_for(loaded)
        places = _answered(hub, year, judge_now(hub.warehouse, RULES, datetime.now(UTC)))
        while judge_now(hub.warehouse, RULES, datetime.now(UTC)).events:
            pass
        cases = _cases(hub)
        # All again, in another order: a publisher that starts over, or a log that is read anew.
        for part in (events.small(year), events.readings(year, SMALL.codes[1], month)):
            loaded += publisher.send(events.delivered(generator, part)).records
        hub.wait_for(loaded)
    prove()
    after = _judged(hub)
    generator.shuffle(places)  # type: ignore[arg-type]
    for place, answer in places:
        with hub.warehouse.batch() as connection:
            assert answer_kept(connection, place, answer, datetime.now(UTC), RULES) == Answered()
    assert judge_now(hub.warehouse, RULES, datetime.now(UTC)).events == ()
    assert _cases(hub) == cases
    assert [rebuilt.state for rebuilt in map(fold, cases[1].values())] == [row[1] for row in cases[0]]
    assert [rebuilt.next_date for rebuilt in map(fold, cases[1].values())] == [row[3] for row in cases[0]]
    now = datetime.now(UTC)
    assert after[0].equals(_matters(standing(RULES, year.facts(now), now)))
    refused = list(events.refused(year))
    mute = {("AWARD", event["division"]) for event in refused}  # of these the hub may know no report at all
    expected = [row for row in _became(year.obligations(now)).rows() if row[:2] not in mute]
    assert [row for row in after[1].rows() if row[:2] not in mute] == expected
    with hub.warehouse.read() as connection:
        kept_out = connection.execute(text("select count(distinct (key, value)) from quarantine")).scalar_one()
    assert kept_out == len(refused)


def _answered(hub: Any, year: OversightYear, judged: Judged) -> list[tuple[Place, Answer]]:
    """Divisions answer what was given to them, each in its way; the places at which their records were."""
    given = [event for event in judged.events if event.kind == "ASSIGNED"][:_ANSWERED]
    assert given
    places: list[tuple[Place, Answer]] = []
    for event in given:
        with hub.warehouse.read() as connection:
            case = case_of(connection, event.number)
        assert case is not None
        due = event.at + timedelta(days=20)
        for told in answers(year.seed, Directive(case.number, case.cause, case.division, event.at, due, due)):
            said = read({**told, "requested_until": None if told["requested_until"] is None else due.date()})
            places.append(((f"intake.{case.division}.response", 0, len(places)), said))
    for place, said in places:
        with hub.warehouse.batch() as connection:
            answer_kept(connection, place, said, datetime.now(UTC), RULES)
    return places


def _cases(hub: Any) -> tuple[list[Any], dict[str, list[CaseEvent]]]:
    """Cases as they are kept, and the events they were made of."""
    statement = "select number, state, owner, next_date, severity, level, events from oversight_case order by number"
    with hub.warehouse.read() as connection:
        kept = [tuple(row) for row in connection.execute(text(statement))]
        return kept, {row[0]: events_of(connection, row[0]) for row in kept}


def _judged(hub: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What stands, and what became of each report that was due, by all that the warehouse knows now."""
    now, monthly = datetime.now(UTC), [duty for duty in duties() if duty.owed_by == "DIVISIONS"]
    with hub.warehouse.read() as connection:
        found = standing(RULES, known(connection, now), now)
        asked, told = owed(connection, monthly, SMALL.first, SMALL.calendar[-1].replace(day=31), now)
    return _matters(found), _became(states(asked, told, now))


def _matters(found: pl.DataFrame) -> pl.DataFrame:
    """Those of the small kinds, without awards above their cap: the gate keeps these out."""
    own = pl.any_horizontal(pl.col("cause").str.starts_with(name) for name in SMALL_KINDS)
    assert not found.filter(own).is_empty()
    return found.filter(own & ~pl.col("cause").str.starts_with("award-over-cap ")).select(SAID)


def _became(stated: pl.DataFrame) -> pl.DataFrame:
    """By division and month; nobody granted an exemption in this hub, so what is exempt in the year is missing here."""
    due = stated.filter((pl.col("first") >= SMALL.first) & (pl.col("last") < SMALL.after))
    state = pl.col("state").replace("EXEMPT", "MISSING")
    return due.select("obligation", "subject", "period", state).sort("obligation", "subject", "period")
