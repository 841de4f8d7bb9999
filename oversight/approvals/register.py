"""The register of approvals: read from the warehouse, and what is decided written back to it.

An act is decided and written in one transaction that nobody else who speaks about the same kind and period can come
between. Facts may change meanwhile: what is confirmed is what was read, and what has become of it shows at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from huiliu import division as divisions
from oversight.approvals.cell import Cell, CellId, Cells, read, root, within, written
from oversight.approvals.decision import Act, Approvals, Refusal
from oversight.approvals.scope import Matter, tree
from oversight.approvals.standing import Action, Event
from sinks import approvals
from sinks.approvals import Scope
from sinks.warehouse import Connection

#: Digits of a hash that are enough to say which one is meant.
SHORTEST: Final = 12


def load(connection: Connection, matter: Matter, under: str) -> Approvals:
    """All that was said about a kind and period within a division, and the cells there now.

    Expected to speak are the kind's publishers, and whatever division facts were reported for.
    """
    cells = cells_of(connection, Scope(under, matter.kind, matter.period))
    reporting = approvals.reporting(connection, matter.kind)
    expected = {one for one in reporting if divisions.within(one, under)} | {one.division for one in cells}
    spoken = [_event(row) for row in approvals.said(connection, matter.kind, matter.period)]
    return Approvals(tree(expected), [one for one in spoken if divisions.within(one.division, under)], cells)


def say(connection: Connection, matter: Matter, act: Act) -> Event | Refusal:
    """Decide an act and write down what came of it, also a refusal. Commit in either case.

    1. Let nobody else speak. 2. Read what was said and what is there. 3. Decide. 4. Write.
    """
    approvals.lock(connection, matter.kind, matter.period)  # 1.
    now = load(connection, matter, act.division)  # 2.
    said = now.decide(_completed(connection, matter, act, now))  # 3.
    if isinstance(said, Refusal):  # 4.
        row = _row(matter, act) | {"seen": act.seen[:64], "reason": said.reason.value, "told": str(said)}
        approvals.refuse(connection, row)
    else:
        row = _row(matter, act) | {"hash": bytes.fromhex(said.hash), "cells": written(said.cells), "why": said.why}
        approvals.say(connection, row)
    return said


def _completed(connection: Connection, matter: Matter, act: Act, now: Approvals) -> Act:
    """The act with the whole hash; where that is not the one now, with the cells that had it, if they are found."""
    mine = within(now.cells, act.division)
    here = root(mine)
    if len(act.seen) >= SHORTEST and here.startswith(act.seen):
        return replace(act, seen=here)
    return replace(act, cells=_seen(connection, Scope(act.division, matter.kind, matter.period), act.seen))


def _seen(connection: Connection, scope: Scope, seen: str) -> Cells | None:
    """The cells that had this hash, looked for just before each of the last loads of the scope."""
    if len(seen) < SHORTEST:
        return None
    for moment in approvals.changed(connection, scope):
        before = cells_of(connection, scope, moment - timedelta(microseconds=1))
        if root(before).startswith(seen):
            return before
    return None


def cells_of(connection: Connection, scope: Scope, moment: datetime | None = None) -> dict[CellId, Cell]:
    """The cells of a scope, now or as known at a moment."""
    found = approvals.cells(connection, scope, moment)
    return {
        CellId(row["division"], row["group"]): Cell(row["hash"], row["facts"], approvals.figures(row["figures"]))
        for row in found.iter_rows(named=True)
    }


def _event(row: Mapping[str, Any]) -> Event:
    return Event(
        number=row["id"],
        division=f"{row['division']:06d}",
        action=Action(row["action"]),
        by=f"{row['said_by']:06d}",
        actor=row["actor"],
        at=row["said_at"],
        hash=bytes(row["hash"]).hex(),
        cells=read(row["cells"]),
        why=row["why"],
    )


def _row(matter: Matter, act: Act) -> dict[str, Any]:
    return {
        "division": int(act.division),
        "kind": matter.kind,
        "period": matter.period,
        "action": act.action.value,
        "said_by": int(act.by),
        "actor": act.actor,
    }
