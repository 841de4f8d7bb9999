"""The errors of cases.

OversightError
├── TransitionRefused   an event that may not happen to the case as it stands
└── ActRefused          what an official asked for lacks something: a name, a later date, a request to answer
"""

from __future__ import annotations

from huiliu.language import text
from oversight.cases.event import KINDS, STATES, CaseEvent
from oversight.cases.transitions import TRANSITIONS
from oversight.errors import OversightError


class TransitionRefused(OversightError):  # noqa: N818 (a state, named as people say it)
    """The event may not happen: names the case, the event, the state, and in which states it may."""

    def __init__(self, number: str, kind: str, state: str, event: CaseEvent | None = None) -> None:
        """``event``: given where its place in the order of events is what is wrong."""
        self.number, self.kind, self.state = number, kind, state
        if event is not None:
            super().__init__(
                text(
                    f"事项 {number} 的第 {event.sequence} 个事件（{event.at.isoformat()}）不接在已有事件之后",
                    f"event {event.sequence} of case {number} ({event.at.isoformat()}) does not follow its last one",
                )
            )
            return
        known = kind in KINDS
        zh, en = KINDS.get(kind, (kind, kind))
        where_zh, where_en = STATES.get(state, ("无", "none"))
        states = TRANSITIONS[kind].states if known else ()
        may_zh = "、".join(STATES[name][0] for name in states if name) or "无"
        may_en = ", ".join(STATES[name][1] for name in states if name) or "none"
        super().__init__(
            text(
                f"事项 {number} 处于“{where_zh}”，不能“{zh}”；可在以下状态进行：{may_zh}",
                f"case {number} is in the state {where_en!r} and cannot be {en!r}; it can in: {may_en}",
            )
        )


class ActRefused(OversightError):  # noqa: N818 (a state, named as people say it)
    """What an official wants to do to a case cannot be done; the message says why and what can."""

    @classmethod
    def unknown(cls, number: str) -> ActRefused:
        """There is no such case."""
        return cls(
            text(
                f"没有督办编号 {number}：huiliu case list 列出全部", f"there is no case {number}: see huiliu case list"
            )
        )

    @classmethod
    def twin(cls, number: str, other: str) -> ActRefused:
        """Another case of its cause is open."""
        return cls(
            text(f"同一问题已有未结事项 {other}，{number} 不能重开", f"{other} is open over the same cause as {number}")
        )
