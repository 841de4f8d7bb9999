"""The digest counts every finding once, whatever there is, and shows members of each group."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sinks import quarantine
from sinks.digest import digest
from sinks.warehouse import Warehouse
from validators.finding import pattern

TOPICS = ("intake.340100.reading", "intake.340200.reading", "intake.340100.award")
SIGNS = st.text("0129aZé汉字９Ａ　 .-:\t\n\u00a0\u0660\U00020000ｱ", max_size=30)


def form(value: str) -> str:
    return pl.select(pattern(pl.lit(value))).item()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("340221", "9"), ("1.5e-3", "9.9A-9"), ("91340100MA2MQ1232Q", "9A9A9A"), ("３４０１", "９"), ("Ａｂ１", "Ａ９"),
        ("２.５ 万元", "９.９ 汉"), ("  a\t b", " A A"), ("", ""), ("二〇二六年", "汉〇汉"),
    ],
)  # fmt: skip
def test_the_form_of_a_value(value: str, expected: str) -> None:
    assert form(value) == expected


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(SIGNS | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), max_size=20)
)
def test_sql_and_the_writer_give_the_same_form(warehouse: Warehouse, values: list[str]) -> None:
    with warehouse.read() as connection:
        statement = text(
            "select value_pattern(value) from unnest(cast(:values as text[])) with ordinality v (value, n) order by n"
        )
        assert list(connection.execute(statement, {"values": values}).scalars()) == [form(value) for value in values]


def fill(warehouse: Warehouse, journal: Any) -> pl.DataFrame:
    """Some thousand findings over three topics with two partitions each, half of them without a stored form."""
    frames = []
    for number, (topic, partition) in enumerate((t, p) for t in TOPICS for p in (0, 1)):
        offsets = list(range(700 + number))
        with warehouse.batch() as connection:
            for start in range(0, len(offsets), 250):
                journal.enter(connection, topic, [], offsets[start : start + 250], partition=partition)
            intake = connection.execute(
                text("select id from intake where topic = :t and partition = :p"), {"t": topic, "p": partition}
            ).scalar_one()
            told = [
                {
                    "intake": intake, "offset": n, "code": f"E-{n % 3}", "severity": "error" if n % 7 else "warning",
                    "field": "flag" if n % 2 else "mn", "value": [None, str(n), f"区{n}", f"A-{n}"][n % 4],
                    "expected": None, "difference": None, "suggestion": "N" if n % 2 else None, "source_ref": f"S{n}",
                }
                for n in offsets
            ]  # fmt: skip
            found = pl.DataFrame(told, schema_overrides={"intake": pl.Int32, "offset": pl.Int64, "value": pl.String})
            found = found.with_columns(pl.col("expected", "difference", "suggestion").cast(pl.String))
            quarantine.write_findings(
                connection,
                found.with_columns(pattern=pattern(pl.col("value")) if number % 2 else pl.lit(None, pl.String)),
            )
        frames.append(found.with_columns(topic=pl.lit(topic), partition=pl.lit(partition)))
    return pl.concat(frames)


def test_counts_equal_a_recomputation_and_examples_are_members(warehouse: Warehouse, journal: Any) -> None:
    found = fill(warehouse, journal)
    with warehouse.read() as connection:
        every = digest(connection, severity=None, statuses=None, limit=10_000)
        few = digest(connection, severity="error", statuses=None, limit=3, division="340100", kind="reading")
        none = digest(connection)
    wanted: Counter[Any] = Counter()
    members: dict[Any, set[Any]] = {}
    for row in found.iter_rows(named=True):
        _, division, kind = row["topic"].split(".")
        key = (
            division,
            kind,
            row["code"],
            row["severity"],
            row["field"],
            None if row["value"] is None else form(row["value"]),
        )
        wanted[key] += 1
        members.setdefault(key, set()).add(
            (row["topic"], row["partition"], row["offset"], row["value"], row["source_ref"])
        )
    told = {(c.publisher, c.kind, c.code, c.severity, c.field, c.pattern): c for c in every.causes}
    assert {key: cause.findings for key, cause in told.items()} == wanted
    assert (every.groups, every.findings) == (len(wanted), found.height)
    for key, cause in told.items():
        shown = {tuple(e[n] for n in ("topic", "partition", "offset", "value", "source_ref")) for e in cause.examples}
        assert shown <= members[key]
        assert len(shown) == min(3, wanted[key])
        assert cause.suggestion == ("N" if key[4] == "flag" else None)
        assert cause.first_seen <= cause.last_seen
    reading = {key: count for key, count in wanted.items() if key[:2] == ("340100", "reading") and key[3] == "error"}
    assert (few.groups, few.findings) == (len(reading), sum(reading.values()))
    assert [cause.findings for cause in few.causes] == sorted(reading.values(), reverse=True)[:3]
    assert none.causes == (), "nothing of it is in quarantine"
