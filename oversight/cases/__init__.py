"""Cases of oversight (督办事项): the fold of an append-only list of events; see :mod:`oversight.cases.transitions`."""
