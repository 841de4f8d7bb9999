"""A suite's run, planned once: what Great Expectations would build anew for every batch, whatever its rows.

``Validator.graph_validate`` copies every configuration some eighty times to find which metrics it needs and in which
order: five parts in six of what judging a few rows costs (60 ms of 72 for readings). None of that depends on the rows.
So it is asked of Great Expectations once, by its own code, and kept. The judging of a batch is all its own: an engine
over the batch's rows computes every metric, and every expectation gives its verdict on them.

A plan only ever says that all expectations hold. Where one fails, or anything is not as planned, the caller lets Great
Expectations run whole, and that verdict counts (:mod:`validators.gate`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.validator.validation_graph import ValidationGraph
from great_expectations.validator.validator import Validator

#: The name under which an engine holds the rows.
BATCH: Final = "rows"

_BOOLEAN: Final[Mapping[str, Any]] = {"result_format": {"result_format": "BOOLEAN_ONLY"}}


class QuietValidator(Validator):  # type: ignore[misc]
    """Without progress bars, which are on unless a whole data context says otherwise (it leaves a folder in /tmp)."""

    def _determine_progress_bars(self) -> bool:
        return False


class Plan:
    """The graph of metrics and the expectations of one suite. ``holds`` may run in several threads at once."""

    def __init__(self, configurations: Sequence[Any]) -> None:
        """Ask Great Expectations for the graph: no row is needed for that."""
        engine = PandasExecutionEngine(batch_data_dict={BATCH: pd.DataFrame()})
        validator = QuietValidator(execution_engine=engine)
        graphs, faults, kept = validator._generate_metric_dependency_subgraphs_for_each_expectation_configuration(
            list(configurations), [], True, dict(_BOOLEAN)
        )
        self._complete = not faults
        self._edges = {edge.id: edge for graph in graphs for edge in graph.graph.edges}
        self._expectations = [_Planned(configuration.to_domain_obj(), engine) for configuration in kept]

    def holds(self, data: Any) -> bool:
        """Whether every expectation holds on these rows; False also where that could not be found out."""
        if not self._complete:
            return False
        engine = PandasExecutionEngine(batch_data_dict={BATCH: data})
        graph = ValidationGraph(engine, list(self._edges.values()))
        metrics, aborted = graph.resolve(dict(_BOOLEAN), show_progress_bars=False)
        return not aborted and all(one.holds(metrics, engine) for one in self._expectations)


class _Planned:
    """An expectation and the metrics it wants, by its own names for them."""

    def __init__(self, expectation: Any, engine: PandasExecutionEngine) -> None:
        wanted = expectation.get_validation_dependencies(execution_engine=engine, runtime_configuration=dict(_BOOLEAN))
        self._expectation = expectation
        self._wanted = {name: metric.id for name, metric in wanted.metric_configurations.items()}
        self._options = {"result_format": wanted.result_format}
        # Asked for the format it was just given, an expectation first copies all of itself: a quarter of the judging.
        object.__setattr__(expectation, "_get_result_format", lambda runtime_configuration: wanted.result_format)

    def holds(self, metrics: Mapping[Any, Any], engine: PandasExecutionEngine) -> bool:
        if not metrics.keys() >= {*self._wanted.values()}:
            return False
        given = {name: metrics[number] for name, number in self._wanted.items()}
        verdict = self._expectation._validate(
            metrics=given, runtime_configuration=dict(self._options), execution_engine=engine
        )
        return bool(verdict["success"])
