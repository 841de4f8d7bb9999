"""The small year of oversight through the real hub, shuffled and delivered twice: what stands is what stands in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from sqlalchemy import text

from oversight.facts_known import known
from oversight.rule_files import shipped
from oversight.standing import standing
from simulation.oversight_year import events
from simulation.oversight_year.size import SMALL
from simulation.oversight_year.year import OversightYear
from simulation.publisher import connected

pytestmark = pytest.mark.live

#: What a matter says; ``seen`` and evidence of awards tell of the moment of loading, which is another.
SAID = ("rule", "cause", "division", "period", "severity", "value", "threshold", "unit")


def test_matters_after_a_shuffled_and_doubled_delivery_are_those_of_the_year(
    hub: Any, prove: Callable[..., None]
) -> None:
    year, generator = OversightYear(5, SMALL), np.random.default_rng(5)
    for city in SMALL.codes:
        hub.publish_for(city, *events.KINDS)
    hub.worker()
    loaded = 0
    with connected(hub.kafka) as publisher:
        loaded += publisher.send(events.registrations(year)).records
        hub.wait_for(loaded)
        for part in events.everything(year):
            loaded += publisher.send(events.delivered(generator, part)).records
        hub.wait_for(loaded)
    prove()
    now = datetime.now(UTC)
    with hub.warehouse.read() as connection:
        # Hours of monitors are no part of the small year: what is missing of them is another matter.
        found = standing(shipped(), known(connection, now), now).filter(~pl.col("rule").str.starts_with("OV-RD-"))
        kept_out = connection.execute(text("select count(distinct (key, value)) from quarantine")).scalar_one()
    expected = standing(shipped(), year.facts(now), now)
    expected = expected.filter(~pl.col("cause").str.starts_with("award-over-cap "))
    assert not expected.is_empty()
    assert found.select(SAID).equals(expected.select(SAID))
    assert kept_out == len(list(events.refused(year)))
