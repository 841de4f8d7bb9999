"""What may be said, and when: each act becomes an event or is refused with the reason. Pure.

    who                         may           about                                   when
    a county, a city            confirm       itself                                  all directly below it stand
    the province                accept        what reports to it directly             it is confirmed as it is now
    a city, the province        return        any division below it, with a reason    it was confirmed or accepted

Whoever confirms or accepts says which hash was seen. If somebody has corrected meanwhile, it is another hash, the act
is refused, and what has changed is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from huiliu import division as divisions
from huiliu.language import text
from oversight.approvals.cell import Cells, Change, changes, within
from oversight.approvals.scope import above
from oversight.approvals.standing import STANDS, WORDS, Action, Event, Standing, State, confirmation, standings


class Reason(StrEnum):
    """Why an act is refused."""

    NOT_YOURS = "NOT_YOURS"
    NOT_EXPECTED = "NOT_EXPECTED"
    CHILDREN_FIRST = "CHILDREN_FIRST"
    CHANGED = "CHANGED"
    TRANSITION = "TRANSITION"
    WHY_MISSING = "WHY_MISSING"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that was refused: the reason, its wording, and what has changed since the hash that was seen."""

    reason: Reason
    zh: str
    en: str
    changes: tuple[Change, ...] = ()

    def __str__(self) -> str:
        """In the reader's language."""
        return text(self.zh, self.en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Somebody wants to say something about a division's figures, having seen those with the root ``seen``.

    ``cells``: the cells that were seen, where they are known: they tell what has changed since.
    """

    action: Action
    division: str
    by: str
    actor: str
    at: datetime
    seen: str
    why: str = ""
    cells: Cells | None = None


@dataclass(frozen=True)
class Approvals:
    """All that was said about one kind and period, who is expected to speak, and the cells as they are now."""

    tree: Mapping[str, Sequence[str]]
    events: Sequence[Event]
    cells: Cells

    @property
    def standings(self) -> dict[str, Standing]:
        """Where every division stands."""
        return standings(self.tree, self.events, self.cells)

    def decide(self, act: Act) -> Event | Refusal:
        """The event that the act becomes, or why it is refused."""
        refusal = _not_yours(act) or self._impossible(act)
        if refusal is not None:
            return refusal
        return Event(
            number=max((event.number for event in self.events), default=0) + 1,
            division=act.division,
            action=act.action,
            by=act.by,
            actor=act.actor,
            at=act.at,
            hash=self.standings[act.division].hash,
            cells=within(self.cells, act.division) if act.action is Action.CONFIRMED else {},
            why=act.why,
        )

    def _impossible(self, act: Act) -> Refusal | None:
        here = self.standings.get(act.division)
        if here is None:
            return Refusal(
                Reason.NOT_EXPECTED,
                f"{_named(act.division)} 在该期间没有数据，也未登记报送这一类事项",
                f"{_named(act.division)} has no figures in the period and is no publisher of the kind",
            )
        match act.action:
            case Action.CONFIRMED:
                return self._not_confirmable(act, here)
            case Action.ACCEPTED:
                return self._not_acceptable(act, here)
            case Action.RETURNED:
                return self._not_returnable(act, here)

    def _not_confirmable(self, act: Act, here: Standing) -> Refusal | None:
        if here.state in STANDS:
            return _transition(here, State.CONFIRMED)
        if here.waiting:
            return _children_first(here)
        if act.seen != here.hash:
            return self._changed(act, here)
        former = confirmation(act.division, self.events)
        if here.state is State.RETURNED and former and former.hash == here.hash and not act.why.strip():
            return Refusal(
                Reason.WHY_MISSING,
                "退回后数据未改，再次确认须说明理由（--why）",
                "It was sent back and nothing has changed: say why it is confirmed all the same (--why)",
            )
        return None

    def _not_acceptable(self, act: Act, here: Standing) -> Refusal | None:
        if here.waiting:
            return _children_first(here)
        if here.state is State.REOPENED and here.touched:
            return self._changed(act, here)
        if here.state is not State.CONFIRMED:
            return _transition(here, State.ACCEPTED)
        return self._changed(act, here) if act.seen != here.hash else None

    def _not_returnable(self, act: Act, here: Standing) -> Refusal | None:
        if here.last is None or here.last.action is Action.RETURNED:
            return _transition(here, State.RETURNED)
        if not act.why.strip():
            return Refusal(Reason.WHY_MISSING, "退回须说明要更正什么（--why）", "Say what is to be corrected (--why)")
        return None

    def _changed(self, act: Act, here: Standing) -> Refusal:
        since = tuple(changes(act.cells, within(self.cells, act.division))) if act.cells is not None else here.touched
        return Refusal(
            Reason.CHANGED,
            f"数据在此期间已变：所见 {act.seen[:12]}，现为 {here.hash[:12]}。请重新查看后再办",
            f"Somebody has corrected meanwhile: you saw {act.seen[:12]}, now it is {here.hash[:12]}. Look again first",
            since,
        )


def _not_yours(act: Act) -> Refusal | None:
    """Whether the acting division may do this at all, whatever the state."""
    upper = above(act.division)
    match act.action:
        case Action.CONFIRMED:
            allowed = act.by == act.division and upper is not None
        case Action.ACCEPTED:
            allowed = act.by == upper and divisions.level(act.by) == "province"
        case Action.RETURNED:
            allowed = act.by != act.division and _over(act.by, act.division)
    if allowed:
        return None
    rights = {
        Action.CONFIRMED: ("确认由本区划自己办理，省级只受理或退回", "a division confirms itself; a province accepts"),
        Action.ACCEPTED: ("受理由省级对直接下级办理", "the province accepts those directly below it"),
        Action.RETURNED: ("退回由上级办理", "those above send back"),
    }
    zh, en = rights[act.action]
    who, whose = _named(act.by), _named(act.division)
    return Refusal(Reason.NOT_YOURS, f"{who} 不能对 {whose} 这样办：{zh}", f"{who} cannot do this for {whose}: {en}")


def _over(one: str, other: str) -> bool:
    """Whether the first stands above the second, at any distance."""
    upper = above(other)
    return upper is not None and (upper == one or _over(one, upper))


def _children_first(here: Standing) -> Refusal:
    shown = "、".join(map(_named, here.waiting[:8])) + ("……" if len(here.waiting) > 8 else "")
    count = len(here.waiting)
    return Refusal(
        Reason.CHILDREN_FIRST,
        f"下级尚有 {count} 个未确认：{shown}。请先由其确认",
        f"{count} below have not confirmed: {shown}. They confirm first",
    )


def _transition(here: Standing, wanted: State) -> Refusal:
    name, (zh, en), (to_zh, to_en) = _named(here.division), WORDS[here.state], WORDS[wanted]
    return Refusal(
        Reason.TRANSITION, f"{name} 现为“{zh}”，不能变为“{to_zh}”", f"{name} is {en}: it cannot become {to_en}"
    )


def _named(code: str) -> str:
    return f"{code} {divisions.name(code)}" if divisions.known(code) else code
