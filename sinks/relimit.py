"""When a registration changes limits, readings already loaded are judged anew, and with them their figures.

So exceedances are the same whatever the order in which registrations and readings arrive. The former judgement goes
to history (cause ``rejudged``): what was known on a day can still be asked for. No batch with readings runs meanwhile,
because registrations hold the register alone (``sinks.register``), so shard 0 can take the differences: nobody waits.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection

from sinks import register, waiting
from sinks.copy import copy
from sinks.encoding import fact_table
from sinks.json_columns import from_json
from sinks.planner import temporary
from sinks.queries import query


def follow(connection: Connection, registrations: pl.DataFrame) -> int:
    """Bring register and readings to what newly written registrations (warehouse columns) say.

    Readings that waited for one of them may go (:mod:`sinks.waiting`). Returns how many readings were judged anew.
    """
    if registrations.is_empty():
        return 0
    nested = fact_table("registration").nested["limits"]
    told = registrations.with_columns(from_json(registrations["limits"], nested))
    changed = register.change(connection, told)
    waiting.call(connection)
    return rejudge(connection, changed)


def rejudge(connection: Connection, changed: pl.DataFrame) -> int:
    """Judge the readings of these (outlet, pollutant) pairs by the limits now in force; returns how many changed."""
    if changed.is_empty():
        return 0
    temporary(connection, "relimit_pair", "reading", ["outlet", "pollutant"])
    judged = ["outlet", "pollutant", "period", "start", "city", "limit_value", "exceeded"]
    temporary(connection, "rejudged", "reading", judged, ", exceeded as was_exceeded")
    copy(connection, "relimit_pair", changed)
    found = connection.exec_driver_sql(query("relimit", "find")).rowcount
    if found:
        connection.exec_driver_sql(query("relimit", "keep_former"))
        connection.exec_driver_sql(query("relimit", "update"))
        connection.exec_driver_sql(query("relimit", "roll_up"))
    return found
