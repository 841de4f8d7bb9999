"""What the names and codes in a frame are called, in Chinese and English; read from ``names.json``."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from gateways.hj212.factors import factor
from schemas.code_list import code_table


class Name(NamedTuple):
    """One name in both languages; ``unit`` where what it names is measured in one."""

    zh: str
    en: str
    unit: str = ""


_FACILITY: Final = re.compile(r"SB[0-9]+")
_DEVICE: Final = re.compile(r"[0-9]{2}\Z")


@cache
def table(name: str) -> Mapping[str, Name]:
    """One list of ``names.json``: head, st, cn, parameter, value, qn_rtn, exe_rtn, facility."""
    told = json.loads(files("gateways.hj212").joinpath("names.json").read_text("utf-8"))
    return {entry["code"]: Name(entry["zh"], entry["en"]) for entry in told[name]}


def of_factor(sent: str) -> Name | None:
    """What a factor is called and measured in; None for a code nobody knows."""
    if _FACILITY.fullmatch(sent):
        return Name(f"设施 {sent[2:]}", f"facility {sent[2:]}")
    meant = factor(sent)
    known = code_table("pollutant")
    found = known.get(meant.code) or known.get(_DEVICE.sub("xx", meant.code))
    return Name(found.zh, found.en, found.extra.get("unit_si") or "") if found else None


def of_item(key: str) -> Name | None:
    """What a key of the data area is called: a parameter, or factor and kind of value."""
    plain = key.strip()
    if plain in table("parameter"):
        return table("parameter")[plain]
    about, dash, kind = plain.rpartition("-")
    value = table("value").get(kind)
    if not dash or value is None:
        return None
    what = of_factor(about) or Name(f"因子 {about}", f"factor {about}")
    if kind in ("Cou", "ZsCou"):
        unit = _amount(about)
    else:
        unit = what.unit if kind in ("Rtd", "Min", "Avg", "Max", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax", "Data") else ""
    return Name(f"{what.zh}·{value.zh}", f"{what.en}, {value.en}", "" if unit == "1" else unit)


def _amount(sent: str) -> str:
    found = code_table("pollutant").get(factor(sent).code)
    return (found.extra.get("unit_emission_si") or "") if found else ""
