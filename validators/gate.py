"""The gate: Great Expectations has the last word on the rows that are about to be loaded.

The suites of ``validators/suites/`` run over the rows with ``BOOLEAN_ONLY``, as planned once (:mod:`validators.plan`);
where one fails, a ``COMPLETE`` run of the failed expectations names the rows. Only expectations of severity error stand
at the gate: a warning is loaded.

The engine is given the data directly. The public ``batch.validate`` gives the same results (a test compares them), but
first hashes every cell of the frame, twice: at 100,000 rows as much work as the validating itself.

It and the plan alone import Great Expectations, which takes seconds: import it where you need it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import polars as pl

os.environ["GX_ANALYTICS_ENABLED"] = "false"
for _name in ("great_expectations", "great_expectations.expectations.registry"):
    logging.getLogger(_name).setLevel(logging.WARNING)

from great_expectations.core import ExpectationSuite  # noqa: E402 (the settings above must come first)
from great_expectations.execution_engine import PandasExecutionEngine  # noqa: E402
from tqdm import tqdm  # type: ignore[import-untyped]  # noqa: E402

from validators import catalogue, finding, uncompiled  # noqa: E402
from validators.check import Check, checks_of  # noqa: E402
from validators.compiler import COMPILED, columns_of  # noqa: E402
from validators.errors import GateFailure  # noqa: E402
from validators.plan import BATCH, Plan, QuietValidator  # noqa: E402
from validators.repeated import SAMPLED, once_each  # noqa: E402
from validators.rule import Severity  # noqa: E402
from validators.suites import read_suite  # noqa: E402

#: A disabled progress bar starts a thread all the same, unless told not to.
tqdm.monitor_interval = 0

_ROW: Final = "row"
#: Options of a run that names the rows.
COMPLETE: Final = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": [_ROW],
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What Great Expectations says. ``exceptions`` are faults of the run (a column missing), not of rows."""

    success: bool
    failed_codes: tuple[str, ...] = ()
    bad_rows: tuple[int, ...] = ()
    exceptions: tuple[str, ...] = ()
    _findings: pl.DataFrame = field(default_factory=finding.none, repr=False)

    @property
    def findings(self) -> pl.DataFrame:
        """A finding for each bad row and failed rule. Raises GateFailure if the gate could not run at all."""
        if self.exceptions:
            raise GateFailure("; ".join(self.exceptions))
        return self._findings


class Blocking:
    """The expectations of a kind that stand at the gate, and the columns they look at."""

    def __init__(self, kind: str) -> None:
        """Take those of severity error from the suite, without the texts that Great Expectations would copy about."""
        shipped = read_suite(kind)
        light = [
            {**each, "meta": {"code": each["meta"]["code"]}}
            for each in shipped["expectations"]
            if each["meta"]["severity"] == Severity.ERROR.value
        ]
        self.columns = {name for each in light for name in columns_of(each)}
        self.configurations = ExpectationSuite(name=shipped["name"], expectations=light).expectation_configurations

    @cached_property
    def plan(self) -> Plan:
        """How to judge them, found out when the first rows come."""
        return Plan(self.configurations)

    @cached_property
    def parts(self) -> Mapping[tuple[str, ...], Plan]:
        """The same, apart for each set of columns.

        Great Expectations copies all columns of what it is given for each expectation that passes nulls over, which
        for many rows costs several times the judging; so each plan is given its own columns, and a column of texts
        only its distinct ones. That is right for expectations on each value by itself: the ones that are compiled.
        """
        by_columns: dict[tuple[str, ...], list[Any]] = {}
        for configuration in self.configurations:
            alone = configuration.type in COMPILED
            columns = columns_of(configuration.to_json_dict()) if alone else tuple(sorted(self.columns))
            by_columns.setdefault(columns, []).append(configuration)
        return {columns: Plan(configurations) for columns, configurations in by_columns.items()}

    def holds(self, frame: pl.DataFrame) -> bool:
        """Whether every expectation holds, as planned; False also where that could not be found out."""
        if frame.height <= SAMPLED:
            return self.plan.holds(to_pandas(frame, self.columns))
        return all(plan.holds(to_pandas(_values(frame, columns), columns)) for columns, plan in self.parts.items())


class Gate:
    """Runs the suites. One for a process: building it costs, running it is stateless."""

    def __init__(self) -> None:
        """Build the suites of every kind that has one."""
        self._suites = {kind: Blocking(kind) for kind in _kinds()}

    def passes(self, kind: str, frame: pl.DataFrame) -> GateVerdict:
        """Whether the rows may be loaded; if not, which rules failed on which rows. An empty frame passes."""
        suite = self._suites.get(kind)
        if suite is None or not suite.configurations or frame.is_empty():
            return GateVerdict(success=True)
        missing = sorted(suite.columns - {*frame.columns})
        if missing:
            return GateVerdict(success=False, exceptions=(f"{kind}: no column {', '.join(missing)}",))
        if suite.holds(frame):
            return GateVerdict(success=True)
        data = to_pandas(frame, suite.columns)
        failed = [result for result in run(data, suite.configurations, "BOOLEAN_ONLY") if not result.success]
        exceptions = _exceptions(failed)
        if exceptions or not failed:
            return GateVerdict(success=not failed, failed_codes=_codes(failed), exceptions=exceptions)
        return _with_rows(kind, frame, data, failed)


def unexpected_rows(expectation: Mapping[str, Any], frame: pl.DataFrame) -> pl.Series:
    """True for the rows that break one expectation. Raises GateFailure if Great Expectations cannot run."""
    configurations = ExpectationSuite(name="one", expectations=[dict(expectation)]).expectation_configurations
    (result,) = run(to_pandas(frame, columns_of(expectation)), configurations, COMPLETE)
    exceptions = _exceptions([result])
    if exceptions:
        raise GateFailure("; ".join(exceptions))
    return frame[_ROW].is_in(pl.Series(bad_rows(result), dtype=pl.UInt32).implode())


def run(data: Any, configurations: Sequence[Any], result_format: str | Mapping[str, Any]) -> list[Any]:
    """Great Expectations' own results, one for each configuration."""
    engine = PandasExecutionEngine(batch_data_dict={BATCH: data})
    validator = QuietValidator(execution_engine=engine)
    runtime = dict(result_format) if isinstance(result_format, Mapping) else {"result_format": result_format}
    results: list[Any] = validator.graph_validate(
        configurations=list(configurations), runtime_configuration={"result_format": runtime}
    )
    return results


def to_pandas(frame: pl.DataFrame, columns: Iterable[str]) -> Any:
    """These columns and ``row``. Small integers are widened: on int64 Great Expectations is fast, else cell by cell.

    By way of Arrow: Polars' own ``to_pandas`` keeps the interpreter to itself while it waits for its threads, and where
    one of these is to evaluate a rule written in Python (for the batch that is being committed), both wait for ever.
    """
    names = sorted(set(columns))
    narrow = [name for name in names if frame.schema[name] == pl.Int32]
    wanted = frame.select(_ROW, *names).cast(dict.fromkeys(narrow, pl.Int64))
    return wanted.to_arrow(compat_level=pl.CompatLevel.oldest()).to_pandas(date_as_object=False)


def _values(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """These columns and ``row``; of a single column of texts that repeat, one row for each distinct text."""
    if len(columns) > 1 or frame.schema[columns[0]] != pl.String:
        return frame
    values = once_each(frame[columns[0]])
    return frame if values is None else values.to_frame().with_row_index(_ROW)


def _kinds() -> tuple[str, ...]:
    return tuple(sorted({kind for rule in catalogue.rules() if rule.expectation for kind in rule.kinds}))


def _with_rows(kind: str, frame: pl.DataFrame, data: Any, failed: Sequence[Any]) -> GateVerdict:
    complete = run(data, [result.expectation_config for result in failed], COMPLETE)
    exceptions = list(_exceptions(complete))
    pieces = []
    for result in complete:
        code, rows = result.expectation_config.meta["code"], bad_rows(result)
        if not rows:
            exceptions.append(f"{code}: fails, but Great Expectations names no row")
        broken = frame.filter(pl.col(_ROW).is_in(pl.Series(rows, dtype=pl.UInt32).implode()))
        pieces.append(_check(code, kind).findings(broken))
    found = pl.concat(pieces).sort("row", "code", "field")
    named = tuple(found["row"].unique().sort())
    return GateVerdict(False, _codes(failed), named, tuple(exceptions), found)


def _check(code: str, kind: str) -> Check:
    return next(iter(checks_of(catalogue.by_code(code), kind)))


def bad_rows(result: Any) -> list[int]:
    """The rows that a ``COMPLETE`` result names."""
    return [int(entry[_ROW]) for entry in result.result.get("unexpected_index_list") or ()]


def _codes(results: Sequence[Any]) -> tuple[str, ...]:
    return tuple(sorted({str(result.expectation_config.meta["code"]) for result in results}))


def _exceptions(results: Sequence[Any]) -> tuple[str, ...]:
    """Exceptions inside results: GX gives one mapping, or one for each metric that failed."""
    told: dict[str, None] = {}
    for result in results:
        info = result.exception_info or {}
        for one in [info] if "raised_exception" in info else info.values():
            if one.get("raised_exception"):
                told[f"{result.expectation_config.type}: {one.get('exception_message')}"] = None
    return tuple(told)


uncompiled.use(unexpected_rows)
