"""Rules of the kind ``award``: one rule, one file."""
