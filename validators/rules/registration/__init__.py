"""Rules of the kind ``registration``: one rule, one file."""
