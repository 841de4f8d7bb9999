"""How far a monitor's clock is from ours, read off the frames that it sends as it makes them."""

from __future__ import annotations

from typing import Final

from gateways.hj212.readings import moment
from gateways.hj212.segment import Segment

#: Commands whose QN is the moment of sending; of others it may be that of an earlier try.
_PROMPT: Final = frozenset({"2011", "1013", "9015"})
#: A clock is set again no sooner than this, milliseconds.
PAUSE_MS: Final = 3_600_000


def drift(segment: Segment, received_ms: int) -> int | None:
    """Milliseconds that the monitor's clock is ahead of ours; None where the frame does not tell."""
    cn = segment.field("CN")
    if cn == "1011":
        told = moment(_system_time(segment))
    elif cn in _PROMPT and segment.field("RF") is None:
        told = moment(segment.field("QN") or "")
    else:
        return None
    return None if told is None else told - received_ms


def _system_time(segment: Segment) -> str:
    return next((value for group in segment.cp or () for key, value in group if key == "SystemTime"), "")
