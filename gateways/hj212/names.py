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
    """One list of ``names.json``: head, st, cn, cn_2005, parameter, value, qn_rtn, exe_rtn, facility."""
    told = json.loads(files("gateways.hj212").joinpath("names.json").read_text("utf-8"))
    return {entry["code"]: Name(entry["zh"], entry["en"]) for entry in told[name]}


@cache
def editions(name: str) -> Mapping[str, str]:
    """Of a list, the codes that only one edition has, and which."""
    told = json.loads(files("gateways.hj212").joinpath("names.json").read_text("utf-8"))
    return {entry["code"]: entry["edition"] for entry in told[name] if "edition" in entry}


def of_command(code: str, edition: str | None) -> Name | None:
    """What a command is called: 2005 calls some otherwise, and has some that later editions have not."""
    lists = ("cn_2005", "cn") if edition == "2005" else ("cn", "cn_2005")
    return next((table(name)[code] for name in lists if code in table(name)), None)


_KINDS_OF_SYSTEM: Final = (
    (re.compile("[12][0-9]"), Name("环境质量类系统（标准未列）", "environment quality, not listed")),
    (re.compile("[34][0-9]"), Name("环境污染源类系统（标准未列）", "pollution source, not listed")),
    (re.compile("[56][0-9]"), Name("工况类系统（标准未列）", "operating conditions, not listed")),
    (re.compile("9[0-9]"), Name("系统交互类（标准未列）", "dialogue, not listed")),
    (re.compile("[A-Z][0-9]"), Name("扩展系统", "extension")),
)


def of_system(code: str) -> Name | None:
    """What a system code (ST) is called; at least its kind (HJ 212-2017 6.6.1)."""
    return table("st").get(code) or next((name for form, name in _KINDS_OF_SYSTEM if form.fullmatch(code)), None)


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
