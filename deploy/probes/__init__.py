"""What ``huiliu doctor`` looks at beyond this machine: listeners, rights, clocks, web, warehouse, loading.

A probe changes nothing, ends within seconds, and answers by a :class:`deploy.diagnosis.Check`: what was found, and the
one thing to do. What a probe could not find out is ``unknown``, which is not well.
"""
