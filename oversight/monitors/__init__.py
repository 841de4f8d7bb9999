"""Detectors over what monitors report: limits exceeded, transmission too poor, silence, and patterns of tampering.

Read: ``reading`` (the hours that all of it is about, and when each was known), ``spans`` (what stands from when until
when), then one file per concept: ``exceedance``, ``effectiveness``, ``silence``, ``frozen``, ``flat``, ``hugging``,
``step``. All are pure: frames in, frames out. ``warehouse`` reads by ranges of outlets, so that memory stays flat.

Everything is causal: what stands at a moment follows from what was received by then and from nothing later. So one
pass over a year says what stood at each of its moments, and the judgement of one moment is the same pass, cut.
"""
