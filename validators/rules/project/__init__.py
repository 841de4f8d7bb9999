"""Rules of the kind ``project``: one rule, one file."""
