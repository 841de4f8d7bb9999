"""The sections of a report, one file each: facts of the period and of the one before -> a table of figures."""
