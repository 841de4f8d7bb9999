"""Monthly and quarterly indicators of the cities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from huiliu.period import DAY_MS, containing, day_start_ms
from schemas.contract import Code, codes
from simulation.faults import Fault
from simulation.lives import Change, Disturbance, Event, Faults, Life, by_content, outside
from simulation.sent import Sent

#: A usual value by unit; rates without a bound lie about 6 per cent.
_USUAL: Final = {"%": 40.0, "吨标准煤/万元": 0.5, "万元": 900_000.0, "万千瓦时": 60_000.0, "户": 400.0}
_OTHERS: Final = 12.0


def _starts(code: Code, divisions: Sequence[str], generator: np.random.Generator) -> dict[str, float]:
    """Where each division's value begins."""
    growth = code.extra.get("minimum") == -100
    level = 6.0 if growth else _USUAL.get(code.extra["unit"], _OTHERS)
    return {one: level * float(generator.uniform(0.6, 1.4)) for one in divisions}


def _value(code: Code, level: float, generator: np.random.Generator) -> float:
    value = level * (1 + float(generator.normal(0, 0.03)))
    return float(round(value)) if code.extra.get("whole") else round(value, 3)


def reports(
    generator: np.random.Generator, cities: Sequence[str], due: Sequence[date], share: Disturbance, byte_faults: Faults
) -> Iterator[Sent]:
    """Every indicator of every city for each of the months ``due``; quarterly ones at a quarter's end."""
    faults = [*by_content(FAULTS, CHANGES), *byte_faults]
    asked = [code for code in codes("indicator") if code.extra["cadence"] in ("month", "quarter")]
    levels = {code.code: _starts(code, cities, generator) for code in asked}
    for month in due:
        for code in asked:
            quarterly = code.extra["cadence"] == "quarter"
            if quarterly and month.month % 3:
                continue
            period = containing("quarter" if quarterly else "month", month)
            for city in cities:
                value = _value(code, levels[code.code][city], generator)
                event = _event(city, code, period.text, value, day_start_ms(period.last + timedelta(days=8)))
                life = Life("indicator", city, (city, code.code, period.text), faults, {"value": value + 1})
                yield from life.report(event, generator, share)
                if generator.random() < share.again:
                    later = event | {"revision": 2, "reported_at": event["reported_at"] + DAY_MS, "value": value + 2}
                    yield from life.report(later, generator, share)


def _event(city: str, code: Code, period: str, value: float, reported_at: int) -> Event:
    return {
        "division": city,
        "revision": 1,
        "reported_at": reported_at,
        "source_ref": f"{code.code}/{period}",
        "indicator": code.code,
        "period": period,
        "value": value,
        "unit": code.extra["unit"],
        "cumulative": False,
    }


def _out_of_range(event: Mapping[str, Any], _: Mapping[str, Any] | None) -> Event | None:
    bound = next(code for code in codes("indicator") if code.code == event["indicator"]).extra.get("maximum")
    return None if bound is None else {"value": bound + 1.0}


def _too_fine(event: Mapping[str, Any], _: Mapping[str, Any] | None) -> Event | None:
    return {"period": f"{event['period'][:4]}-03"} if "Q" in event["period"] else None


CHANGES: Final[Mapping[str, Change]] = {
    "outside jurisdiction": outside,
    "unknown indicator": lambda *_: {"indicator": "gdp"},
    "wrong unit": lambda *_: {"unit": "亿美元"},
    "out of range": _out_of_range,
    "NaN": lambda *_: {"value": float("nan")},
    "malformed period": lambda event, _: {"period": event["period"][:4] + "-Q1"},
    "period of the future": lambda event, _: {"period": "2099Q1" if "Q" in event["period"] else "2099-01"},
    "period too fine": _too_fine,
}

FAULTS: Final = (
    Fault(
        "outside jurisdiction", "indicator", "HL-JUR-01", "区划不在报送单位辖区内", "division outside the publisher's"
    ),
    Fault("unknown indicator", "indicator", "IN-CODE-01", "指标代码不存在", "an unknown indicator"),
    Fault("wrong unit", "indicator", "IN-UNIT-01", "计量单位错误", "a wrong unit"),
    Fault("out of range", "indicator", "IN-VALUE-02", "超出取值范围", "out of the indicator's range", weight=2.0),
    Fault("NaN", "indicator", "HL-FINITE-01", "数值为 NaN", "not a number"),
    Fault("malformed period", "indicator", "IN-PERIOD-01", "统计期格式错误", "a malformed period"),
    Fault("period of the future", "indicator", "IN-PERIOD-04", "统计期在未来", "a period of the future"),
    Fault("period too fine", "indicator", "IN-PERIOD-02", "统计期过细", "a period finer than collected", weight=3.0),
)
