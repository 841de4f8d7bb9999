"""Rules of the kind ``indicator``: one rule, one file."""
