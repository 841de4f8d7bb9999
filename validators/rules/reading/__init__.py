"""Rules of the kind ``reading``: one rule, one file."""
