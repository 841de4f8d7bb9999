"""Rules of the kind ``nil``: one rule, one file."""
