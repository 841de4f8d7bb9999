"""What the synthetic outlets measure: factors with their usual level, daily swing, limit and unit.

Levels and limits follow ultra-low emission (环发〔2015〕164号), GB 13223-2011, GB 4915-2013, GB 13271-2014 and
GB 18918-2002 class 1A; they are chosen for the simulation, not measured anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Medium = Literal["AIR", "WATER"]


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of one industry's outlets."""

    code: str  #: HJ 212-2017 appendix B
    level: float  #: usual average, in ``unit``
    swing: float  #: share by which day and night differ
    unit: str
    limit: float | None = None
    norm: str | None = None
    corrected: bool = False  #: reported as well at reference oxygen
    mass: bool = False  #: its cumulative mass is reported


@dataclass(frozen=True, slots=True)
class Industry:
    """A GB/T 4754-2017 class with what its outlets are like."""

    code: str
    zh: str
    outlet: str
    medium: Medium
    flow: float  #: usual flow, cubic metres an hour
    factors: tuple[Factor, ...]


def _flue(pm: float, so2: float, nox: float, flow: float, norm: str) -> tuple[Factor, ...]:
    """Flue gas: limits in mg/m3, levels at about half of them."""
    return (
        Factor("a34013", pm * 0.45, 0.2, "mg/m3", pm, norm, corrected=True, mass=True),
        Factor("a21026", so2 * 0.5, 0.25, "mg/m3", so2, norm, corrected=True, mass=True),
        Factor("a21002", nox * 0.6, 0.2, "mg/m3", nox, norm, corrected=True, mass=True),
        Factor("a19001", 8.5, 0.08, "%"),
        Factor("a01011", 11.0, 0.1, "m/s"),
        Factor("a01012", 92.0, 0.08, "degC"),
        Factor("a00000", flow, 0.15, "m3/h"),
    )


def _sewage(
    cod: float, ammonia: float, phosphorus: float, nitrogen: float, flow: float, norm: str
) -> tuple[Factor, ...]:
    """Waste water: limits in mg/L."""
    return (
        Factor("w01018", cod * 0.5, 0.25, "mg/L", cod, norm, mass=True),
        Factor("w21003", ammonia * 0.35, 0.3, "mg/L", ammonia, norm, mass=True),
        Factor("w21011", phosphorus * 0.5, 0.2, "mg/L", phosphorus, norm, mass=True),
        Factor("w21001", nitrogen * 0.6, 0.2, "mg/L", nitrogen, norm, mass=True),
        Factor("w01001", 7.3, 0.03, "1"),
        Factor("w00000", flow / 3.6, 0.3, "L/s"),
    )


_ULTRA_LOW = "环发〔2015〕164号"
_CLASS_1A = "GB 18918-2002"

INDUSTRIES: Final = (
    Industry("4411", "热电", "机组脱硫出口", "AIR", 900_000.0, _flue(10, 35, 50, 900_000.0, _ULTRA_LOW)),
    Industry("3011", "水泥", "窑尾出口", "AIR", 350_000.0, _flue(20, 100, 320, 350_000.0, "GB 4915-2013")),
    Industry("4430", "热力", "锅炉出口", "AIR", 80_000.0, _flue(30, 200, 200, 80_000.0, "GB 13271-2014")),
    Industry("4620", "污水处理", "总排口", "WATER", 1_800.0, _sewage(50, 5, 0.5, 15, 1_800.0, _CLASS_1A)),
    Industry("2221", "造纸", "废水总排口", "WATER", 600.0, _sewage(80, 8, 0.8, 12, 600.0, "GB 3544-2008")),
)
