"""The rules: one rule, one file, its norm cited; collected by ``validators.catalogue``."""
