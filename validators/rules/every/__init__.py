"""Rules for every kind: one rule, one file."""
