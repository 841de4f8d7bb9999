"""The detectors of monitors as rules name them: parameters from the rule, spans as ``oversight.matter`` tells matters.

Each says over a time what stood from when until when (:data:`spans.SPAN`); what stands at a moment is the same, cut.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import polars as pl

from huiliu.period import HOUR_MS
from oversight.detector import Detector, Parameter
from oversight.facts import Facts
from oversight.found import evidence, figure, matters
from oversight.matter import MATTER
from oversight.monitors.effectiveness import below
from oversight.monitors.exceedance import days_over, hours_over
from oversight.monitors.flat import flat
from oversight.monitors.frozen import frozen
from oversight.monitors.hugging import hugging
from oversight.monitors.silence import Cadence, apart_from, heard, silent
from oversight.monitors.spans import SPAN, TICK, standing, within
from oversight.monitors.step import steps
from oversight.rule import Rule
from schemas.contract import contract
from sinks.reference import pollutant_ids

#: Cadences of contracts whose events come all the time.
_FLOWING: Final = ("hourly", "daily")

#: What a detector found before a moment: ``opens``, ``closes``, its own columns.
Found = Callable[[Rule, Facts, datetime], pl.DataFrame]
#: From those to ``value``, ``threshold``, ``unit``, ``period``, ``evidence``, and ``severity`` where there are several.
Tell = Callable[[Rule, pl.DataFrame], pl.DataFrame]


def hour(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Hours over the limit."""
    return hours_over(facts.frame("reading"), facts.frame("declaration"), before, hold=rule.number("hold"))


def day(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Days over the limit."""
    hold, least = rule.number("hold"), rule.number("least")
    return days_over(facts.frame("reading"), facts.frame("declaration"), before, hold=hold, least=least)


def tell_over(period: str, unit: str) -> Tell:
    """Value: the worst as a multiple of the limit."""

    def tell(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
        grave = pl.col("worst").fill_null(float("inf")) >= rule.number("red")
        return found.with_columns(
            value=pl.col("worst").round(3),
            threshold=pl.lit(1.0),
            unit=pl.lit("multiple"),
            severity=pl.when(grave).then(pl.lit("RED")).otherwise(pl.lit("YELLOW")),
            evidence=evidence(
                _reading(period),
                figure("over", pl.col("over"), unit),
                figure("reached", pl.col("reached").round(4), "factor's"),
                figure("limit", pl.col("limit_value"), "factor's"),
            ),
        )

    return tell


def _reading(period: str) -> pl.Expr:
    """The reading of ``start`` by its natural key."""
    return pl.struct(
        pl.lit("reading").alias("kind"),
        "mn",
        pl.col("pollutant_code").alias("pollutant"),
        pl.lit(period).alias("period"),
        pl.col("start").dt.epoch("ms").alias("start"),
        "revision",
    )


def monitor_silent(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Silence of outlets whose publisher is heard: where it is not, that is the matter, once."""
    found = silent(heard(facts.frame("reading")), ("outlet",), facts.frame("declaration"), before, cadence(rule))
    signs = facts.frame("arrival").filter(pl.col("kind") == "reading").select("publisher", "at").unique()
    publishers = silent(signs.sort("publisher", "at"), ("publisher",), None, before, cadence(rule))
    return apart_from(found, publishers, facts.frame("outlet"))


def publisher_silent(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Silence of publishers, of each kind that flows; whatever kind it is, the cause is one.

    A kind that is owed by the month comes in a burst of hours and then not for weeks, one that is sent on change when
    something changes: that nothing came of these is the matter of obligations, or none.
    """
    told = facts.frame("arrival").unique()
    flowing = [kind for kind in told["kind"].unique() if contract(kind).cadence in _FLOWING]
    arrivals = told.filter(pl.col("kind").is_in(flowing)).sort("publisher", "kind", "at")
    found = silent(arrivals, ("publisher", "kind"), None, before, cadence(rule))
    return found.rename({"publisher": "division"}).with_columns(subject=pl.col("division").cast(pl.String).str.zfill(6))


def cadence(rule: Rule) -> Cadence:
    """The parameters of silence."""
    return Cadence(*(rule.number(name) for name in ("factor", "least", "learn", "least_gaps", "settle")))


def tell_silence(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Value: the hours of silence from which it stands: how long it lasted is the span."""
    kind = pl.col("kind") if "kind" in found.columns else pl.lit("reading")
    return found.with_columns(
        value=pl.col("limit"),
        threshold=pl.col("limit"),
        unit=pl.lit("hour"),
        evidence=evidence(
            pl.struct(figure=pl.lit("last_sign"), value=pl.col("last").dt.epoch("ms"), unit=pl.lit("ms")),
            figure("cadence", pl.col("cadence"), "hour"),
            pl.struct(figure=pl.lit("kind"), value=kind, unit=pl.lit("")),
        ),
        start="last",
    )


def outlet_below(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Transmission effectiveness of outlets."""
    found = below(facts.frame("transmission"), ("mn", "division"), before, asked=rule.number("asked"))
    return found.with_columns(subject="mn")


def city_below(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Transmission effectiveness of cities."""
    found = below(facts.frame("transmission"), ("city",), before, asked=rule.number("asked"))
    return found.rename({"city": "division"}).with_columns(subject=pl.col("division").cast(pl.String).str.zfill(6))


def tell_effectiveness(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Value: the rate."""
    return found.with_columns(
        value="rate",
        threshold=pl.lit(rule.number("asked")),
        unit=pl.lit("%"),
        period=pl.col("month").dt.strftime("%Y-%m"),
        evidence=evidence(figure("due", pl.col("due"), "hour"), figure("valid", pl.col("valid"), "hour")),
    )


def same_value(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Frozen values."""
    return frozen(facts.frame("reading"), facts.frame("declaration"), before, least=rule.number("least"))


def tell_frozen(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Value: how many equal values."""
    return found.with_columns(
        repeated="value",
        value=pl.col("repeats").cast(pl.Float64),
        threshold=pl.lit(rule.number("least")),
        unit=pl.lit("value"),
    ).with_columns(evidence=evidence(_reading("HOUR"), figure("value", pl.col("repeated"), "factor's")))


def variance_gone(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Variance gone flat."""
    share, in_row, learn = (rule.number(name) for name in ("share", "in_row", "learn"))
    frames = facts.frame("reading"), facts.frame("declaration")
    return flat(*frames, before, share=share, in_row=in_row, learn=learn)


def tell_flat(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Value: what is left of the usual deviation."""
    return found.with_columns(
        value="left",
        threshold=pl.lit(rule.number("share")),
        unit=pl.lit("%"),
        evidence=evidence(
            _reading("HOUR"),
            figure("deviation", pl.col("deviation"), "factor's"),
            figure("usual_deviation", pl.col("usual"), "factor's"),
        ),
    )


def near_limit(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Values hugging the limit."""
    near, share, in_row = (rule.number(name) for name in ("within", "share", "in_row"))
    frames = facts.frame("reading"), facts.frame("declaration")
    return hugging(*frames, before, within=near, share=share, in_row=in_row)


def tell_hugging(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Value: share of the hours."""
    return found.with_columns(
        value=pl.col("near").round(2),
        threshold=pl.lit(rule.number("share")),
        unit=pl.lit("%"),
        evidence=evidence(_reading("HOUR"), figure("limit", pl.col("limit_value"), "factor's")),
    )


def stepped(rule: Rule, facts: Facts, before: datetime) -> pl.DataFrame:
    """Steps at calibration marks."""
    jump, width, floor, stands = (rule.number(name) for name in ("jump", "width", "floor", "stands"))
    frames = facts.frame("reading"), facts.frame("declaration")
    return steps(*frames, before, jump=jump, width=width, floor=floor, stands=stands)


def tell_step(rule: Rule, found: pl.DataFrame) -> pl.DataFrame:
    """Value: the change, without sign."""
    return found.with_columns(
        value=pl.col("change").abs().round(2),
        threshold=pl.lit(rule.number("jump")),
        unit=pl.lit("%"),
        evidence=evidence(
            _reading("HOUR"),
            figure("median_before", pl.col("before_median"), "factor's"),
            figure("median_after", pl.col("after_median"), "factor's"),
        ),
    )


def told(rule: Rule, found: pl.DataFrame, outlets: pl.DataFrame, tell: Tell) -> pl.DataFrame:
    """``SPAN`` rows. Subjects are ``MN/factor``, the MN, or what the detector itself named."""
    rows = found
    if "outlet" in rows.columns:
        rows = rows.join(outlets, on="outlet", how="inner")
        rows = rows.with_columns(_subject(rows))
    rows = tell(rule, rows)
    if "period" not in rows.columns:
        rows = rows.with_columns(period=_day(pl.col("from" if "from" in rows.columns else "start")))
    concerned = [code for code in rows["division"].unique() if rule.concerns(f"{code:06}")]
    own = rows.filter(pl.col("division").is_in(concerned)).with_columns(pl.col("value").cast(pl.Float64), seen="opens")
    return matters(rule, own).with_columns(own["closes"].alias("until")).select(list(SPAN)).sort("subject", "seen")


def _subject(rows: pl.DataFrame) -> pl.Expr:
    if "pollutant" not in rows.columns:
        return pl.col("mn").alias("subject")
    return pl.concat_str("mn", pl.lit("/"), "pollutant_code").alias("subject")


def _day(moment: pl.Expr) -> pl.Expr:
    """The Shanghai day of a moment as a period."""
    return (moment + pl.duration(milliseconds=8 * HOUR_MS)).dt.strftime("%Y-%m-%d")


def _named(found: pl.DataFrame) -> pl.DataFrame:
    if "pollutant" not in found.columns:
        return found
    codes = {number: code for code, number in pollutant_ids().items()}
    return found.with_columns(pollutant_code=pl.col("pollutant").replace_strict(codes, return_dtype=pl.String))


def _detector(found: Found, tell: Tell, parameters: dict[str, Parameter], *, by_outlets: bool = True) -> Detector:
    """The detector of a function that finds and one that tells."""

    def over(rule: Rule, facts: Facts, since: datetime, until: datetime) -> pl.DataFrame:
        rows = within(_named(found(rule, facts, until)), since, until)
        return told(rule, rows, facts.frame("outlet"), tell) if rows.height else SPAN.to_frame()

    def find(rule: Rule, facts: Facts, as_of: datetime) -> pl.DataFrame:
        return standing(over(rule, facts, as_of, as_of + TICK), as_of).select(list(MATTER))

    return Detector(find, parameters, spans=over, by_outlets=by_outlets)


# What a rule may ask for lies within the days that are read back (``known.LOOKBACK``), or a moment would not see it.
_HOLD = Parameter("hour", "至少持续成立的时长", "stands at least so long", 0, 1440)
_RED = Parameter("multiple", "达到限值的此倍数为红灯", "red from this multiple of the limit on", 1, 1000)
_SILENCE = {
    "factor": Parameter("multiple", "超过平常间隔的此倍数为中断", "silent beyond so many usual gaps", 1, 1000),
    "least": Parameter("hour", "短于此时长不算中断", "no shorter gap is a silence", 1, 720),
    "learn": Parameter("day", "由此前多少天学得平常间隔", "days from which the usual gap is learnt", 2, 60),
    "least_gaps": Parameter("time", "少于此间隔数不判定", "not judged from fewer gaps", 2, 10_000),
    "settle": Parameter("hour", "恢复后须保持的时长", "must keep coming so long after it came back", 0, 720),
}
_ASKED = {"asked": Parameter("%", "要求达到", "what is asked", 0, 100)}

MONITOR_DETECTORS: Final = {
    "reading.hour_over": _detector(hour, tell_over("HOUR", "hour"), {"hold": _HOLD, "red": _RED}),
    "reading.day_over": _detector(
        day,
        tell_over("HOUR", "day"),
        {
            "hold": _HOLD,
            "red": _RED,
            "least": Parameter("hour", "一日至少有效小时数", "hours that count without which no day is judged", 1, 24),
        },
    ),
    "monitor.silent": _detector(monitor_silent, tell_silence, _SILENCE),
    "publisher.silent": _detector(publisher_silent, tell_silence, _SILENCE, by_outlets=False),
    "transmission.outlet_below": _detector(outlet_below, tell_effectiveness, _ASKED, by_outlets=False),
    "transmission.city_below": _detector(city_below, tell_effectiveness, _ASKED, by_outlets=False),
    "reading.frozen": _detector(
        same_value,
        tell_frozen,
        {"least": Parameter("value", "连续相同数值个数", "so many equal values in a row", 3, 1440)},
    ),
    "reading.flat": _detector(
        variance_gone,
        tell_flat,
        {
            "share": Parameter("%", "低于平常波动的此比例", "below this share of the usual deviation", 0, 100),
            "in_row": Parameter("day", "连续天数", "so many days in a row", 1, 14),
            "learn": Parameter("day", "由此前多少个有效日学得平常波动", "judged days it is learnt from", 14, 60),
        },
    ),
    "reading.hugging": _detector(
        near_limit,
        tell_hugging,
        {
            "within": Parameter("%", "低于限值不超过此比例为紧贴", "this near under the limit", 0, 50),
            "share": Parameter("%", "紧贴小时所占比例", "share of the hours that are so near", 1, 100),
            "in_row": Parameter("day", "连续天数", "over so many days", 1, 60),
        },
    ),
    "reading.step": _detector(
        stepped,
        tell_step,
        {
            "jump": Parameter("%", "前后中位数相差超过", "medians differ by more than", 0, 1000),
            "width": Parameter("hour", "前后各取小时数", "hours on either side", 24, 240),
            "floor": Parameter("%", "低于限值此比例不判定", "not judged below this share of the limit", 0, 100),
            "stands": Parameter("day", "成立天数", "stands so many days", 1, 60),
        },
    ),
}
