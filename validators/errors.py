"""Faults of the validators themselves. What a publisher sent wrongly is a finding, never one of these.

HuiliuError
└── ValidatorError
    ├── CatalogueError   the rules contradict each other: a code twice, a rule that cannot be judged
    ├── SampleError      a kind's sample event does not fit its contract
    └── GateFailure      Great Expectations could not run
"""

from __future__ import annotations

from huiliu.errors import HuiliuError


class ValidatorError(HuiliuError):
    """The rules or their data are wrong; a developer must mend them."""


class CatalogueError(ValidatorError):
    """A rule is missing, doubled or cannot be judged."""


class SampleError(ValidatorError):
    """A sample event does not fit its contract."""


class GateFailure(ValidatorError):  # noqa: N818 (an event, named as people say it)
    """Great Expectations could not run: a column missing, a wrong type. Never a fault of the rows."""
