"""The packages on disk, in the wheel and in the layering are the same, and nobody else claims their names."""

from __future__ import annotations

import importlib.metadata
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_the_wheel_has_every_package_on_disk() -> None:
    not_shipped = {"tests", "benchmarks"}
    on_disk = {folder.parent.name for folder in ROOT.glob("*/__init__.py")} - not_shipped
    assert on_disk == PACKAGES


def test_the_layering_is_held_for_every_package_of_the_wheel() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES
    assert set(PROJECT["tool"]["mypy"]["packages"]) == PACKAGES


def test_no_other_distribution_claims_a_name_of_ours() -> None:
    """An editable install comes after site-packages: another `validators` would be imported instead."""
    claimed = {
        (file.parts[0].removesuffix(".py"), distribution.name)
        for distribution in importlib.metadata.distributions()
        if distribution.name != "huiliu"
        for file in distribution.files or ()
        if file.suffix == ".py"
    }
    ours = PACKAGES | {"tests", "benchmarks"}
    assert not [(name, owner) for name, owner in claimed if name in ours]
