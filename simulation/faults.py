"""The faults of the simulation: what each does, how often it stands among the faulty, and the finding it must earn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to be wrong. ``code`` is the first error the hub must name; ``weight`` its share among the faults."""

    name: str
    kind: str  #: the kind it is done to; ``*`` for faults of the bytes, done to every kind
    code: str
    zh: str
    en: str
    weight: float = 1.0
