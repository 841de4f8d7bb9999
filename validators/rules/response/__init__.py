"""Rules of the kind ``response``: one rule, one file."""
