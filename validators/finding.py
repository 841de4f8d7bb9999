"""A finding: one broken rule of one event, as a row of a frame. Its wording is rendered elsewhere, never stored."""

from __future__ import annotations

from typing import Final

import polars as pl

from validators.rule import Severity

FINDINGS: Final = pl.Schema(
    {
        "row": pl.UInt32(),
        "code": pl.String(),
        "severity": pl.String(),
        "field": pl.String(),
        "value": pl.String(),
        "expected": pl.String(),
        "difference": pl.String(),
        "suggestion": pl.String(),
    }
)

#: Longest text kept of a value: enough to recognise it, too little to copy a document into the findings.
VALUE_CHARACTERS: Final = 200

#: Longest form of a value, characters.
PATTERN_CHARACTERS: Final = 80

#: What is one in the form of a value, and what stands for it; in SQL ``value_pattern`` says the same.
_RUNS: Final = (
    ("[0-9]+", "9"),
    ("[A-Za-z]+", "A"),
    ("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+", "汉"),
    ("[\uff10-\uff19]+", "９"),
    ("[\uff21-\uff3a\uff41-\uff5a]+", "Ａ"),
    ("[ \t\n\u000b\f\r\u00a0\u3000]+", " "),
)

_SHANGHAI_MS: Final = 8 * 3_600_000
_YEAR_0001_MS: Final = -62_135_596_800_000
_YEAR_9999_MS: Final = 253_402_300_799_999


def none() -> pl.DataFrame:
    """No findings."""
    return FINDINGS.to_frame()


def each(
    rows: pl.DataFrame,
    *,
    code: str | pl.Expr,
    severity: Severity,
    field: str | pl.Expr,
    value: str | pl.Expr | None = None,
    expected: str | pl.Expr | None = None,
    difference: str | pl.Expr | None = None,
    suggestion: str | pl.Expr | None = None,
) -> pl.DataFrame:
    """One finding for each of the rows (``row`` is their number); a text is the same for all of them."""
    told = {"code": code, "severity": severity.value, "field": field, "value": value, "expected": expected,
            "difference": difference, "suggestion": suggestion}  # fmt: skip
    columns = {name: one if isinstance(one, pl.Expr) else pl.lit(one, pl.String) for name, one in told.items()}
    return rows.select(pl.col("row").cast(pl.UInt32), **columns)


def shown_text(text: pl.Expr) -> pl.Expr:
    """Text as a finding may carry it: control characters (NUL breaks PostgreSQL) replaced, length bounded."""
    return text.str.replace_all(r"\p{Cc}", "\ufffd").str.slice(0, VALUE_CHARACTERS)


def shown_time(milliseconds: pl.Expr) -> pl.Expr:
    """UTC milliseconds as ISO 8601 in Chinese standard time; the bare number where a calendar has no such year."""
    inside = milliseconds.is_between(_YEAR_0001_MS, _YEAR_9999_MS - _SHANGHAI_MS)
    local = pl.when(inside).then(milliseconds + _SHANGHAI_MS).cast(pl.Datetime("ms"))
    return pl.coalesce(local.dt.strftime("%Y-%m-%dT%H:%M:%S%.3f+08:00"), milliseconds.cast(pl.String))


def shown_date(days: pl.Expr) -> pl.Expr:
    """Days since 1970-01-01 as an ISO date; the bare number where a calendar has no such year."""
    inside = days.is_between(_YEAR_0001_MS // 86_400_000, _YEAR_9999_MS // 86_400_000)
    return pl.coalesce(pl.when(inside).then(days).cast(pl.Date).dt.strftime("%Y-%m-%d"), days.cast(pl.String))


def pattern(text: pl.Expr) -> pl.Expr:
    """The form of a value: what two values have in common whose cause is likely the same.

    Each run of digits is ``9``, of Latin letters ``A``, of Chinese characters ``汉``, of full-width digits and letters
    ``９`` and ``Ａ``, of blanks one blank; anything else stays.
    """
    for run, sign in _RUNS:
        text = text.str.replace_all(run, sign)
    return text.str.slice(0, PATTERN_CHARACTERS)
