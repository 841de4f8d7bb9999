"""Transmission effectiveness of monitors (数据传输有效率): due, received and valid hours, and what costs points.

Read top to bottom: ``windows`` (until when something counts), ``marks`` (what a mark or flag does to an hour),
``registered`` and ``declared`` (which hours are due, which are declared away), ``versions`` (which version of a reading
stands), ``score`` (counts and rates), ``lost`` (the hours behind a number), ``assessment`` (all of it over the
warehouse). Everything but the last is pure: frames in, frames out.

The 24 hours of one outlet, factor and day are the bits of one whole number, bit 0 the hour from midnight in Shanghai:
a month of a province has millions of hours, and sets of hours are what all of this is about.
"""
