"""Rules, expectation suites, verdicts: what is wrong with an event, by which norm, and how to mend it."""
