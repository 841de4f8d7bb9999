"""All rules, collected from ``validators/rules/``: codes are unique, and the set as a whole has a version.

A rule file binds ``RULE``. Nothing registers itself: the packages are walked once, in order, so a rule that does not
import stops the program instead of silently vanishing.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

import schemas
import validators.rules
from huiliu import division
from validators.errors import CatalogueError
from validators.rule import ALL_KINDS, Layer, Rule

_ROOT: Final = Path(__file__).parent
_CODES: Final = Path(schemas.__file__).parent / "codes"


def _modules() -> Iterator[Rule]:
    """Import every rule module below ``validators.rules`` and yield its ``RULE``."""
    for found in pkgutil.walk_packages(validators.rules.__path__, "validators.rules."):
        module = importlib.import_module(found.name)
        if found.ispkg:
            continue
        rule = getattr(module, "RULE", None)
        if not isinstance(rule, Rule):
            raise CatalogueError(f"{found.name}: a rule file must bind RULE to a validators.rule.Rule")
        yield rule


def collect(found: Iterable[Rule]) -> dict[str, Rule]:
    """Rules by code, in the order of their codes. Refuses doubled codes and rules that nothing can decide."""
    collected: dict[str, Rule] = {}
    for rule in found:
        if rule.code in collected:
            raise CatalogueError(f"{rule.code}: two rules carry this code; codes are given once")
        ways = [rule.expectation, rule.broken, rule.broken_field, rule.decided_by or None]
        if sum(way is not None for way in ways) != 1:
            raise CatalogueError(f"{rule.code}: exactly one of expectation, broken, broken_field, decided_by is needed")
        if (rule.broken_field is None) != (rule.each == ""):
            raise CatalogueError(f"{rule.code}: each and broken_field go together")
        if not rule.kinds or not set(rule.kinds) <= set(ALL_KINDS):
            raise CatalogueError(f"{rule.code}: kinds must be some of {', '.join(ALL_KINDS)}")
        collected[rule.code] = rule
    return dict(sorted(collected.items()))


def _rule_set() -> str:
    """Version of the rules: a hash over all that can change a verdict, the same wherever it is computed.

    The source of this package, the policies, the code lists, and the divisions with their years and successors.
    """
    digest = hashlib.sha256()
    sources = [*_ROOT.rglob("*.py"), *_ROOT.glob("policies/*.json"), *_CODES.glob("*.json")]
    for path in sorted(sources, key=lambda path: (path.parent.name, path.name)):
        digest.update(f"{path.parent.name}/{path.name}\n{path.read_text('utf-8')}\n".encode())
    digest.update(json.dumps(sorted(division.intervals().items())).encode())
    digest.update(json.dumps(sorted(division.successions().items())).encode())
    return digest.hexdigest()[:12]


RULES: Final = MappingProxyType(collect(_modules()))
RULE_SET: Final = _rule_set()


def rules(kind: str | None = None, layer: Layer | None = None) -> tuple[Rule, ...]:
    """The rules of a kind and layer, in the order of their codes; all of them if neither is named."""
    return tuple(
        rule
        for rule in RULES.values()
        if (kind is None or kind in rule.kinds) and (layer is None or rule.layer == layer)
    )


def by_code(code: str) -> Rule:
    """The rule of this code. Raises CatalogueError for a code that no rule carries."""
    if code not in RULES:
        raise CatalogueError(f"{code}: no rule carries this code (rule set {RULE_SET})")
    return RULES[code]
