"""What the gateway says to a monitor: 9011, 9013 and 9014 as each edition writes them, and the order to set the clock.

2017 and 2025: ``QN`` of the message that is answered, ST=91, Flag of the edition without further bits, an empty data
area (HJ 212-2017 6.3, tables C.1 to C.5). 2005: no QN in the head; it stands in the data area (second-hand, from real
senders). Neither edition has a return code in 9014, so a frame that is refused is told of by 9011 with QnRtn
(table 8), which no monitor takes for an acknowledgement of its data.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Final

from gateways.hj212 import frame
from gateways.hj212.frame import Check
from gateways.hj212.segment import Edition, Segment
from huiliu.clock import SHANGHAI

#: Flag of an answer: the edition's version bits alone.
_FLAGS: Final = {Edition.E2005: 0, Edition.E2017: 4, Edition.E2025: 8}

#: Characters of a peer's own field that an answer repeats at most.
_ECHOED: Final = 64


class QnRtn(IntEnum):
    """Answer to a request (HJ 212-2017 table 8)."""

    READY = 1
    REFUSED = 2
    PW = 3
    MN = 4
    ST = 5
    FLAG = 6
    QN = 7
    CN = 8
    CRC = 9
    UNKNOWN = 100


def edition(to: Segment) -> Edition:
    """The edition to answer in. Without a Flag, or with one no edition has, 2005."""
    return to.edition or Edition.E2005


def data_received(to: Segment, check: Check) -> bytes:
    """9014: the data have arrived."""
    return _answer(to, "9014", "", check)


def notice_received(to: Segment, check: Check) -> bytes:
    """9013: the notice has arrived."""
    return _answer(to, "9013", "", check)


def refused(to: Segment, why: QnRtn, check: Check) -> bytes:
    """9011 with the reason for which a frame was not taken."""
    return _answer(to, "9011", f"QnRtn={int(why)}", check)


def set_clock(to: Segment, now_ms: int, check: Check) -> bytes:
    """1012: set the clock to this moment (table C.7); the monitor answers with 9011 and 9012."""
    of = edition(to)
    flag = str(_FLAGS[of] | 1)
    time = moment(now_ms)
    head = f"QN={time};ST={(to.field('ST') or '91')[:_ECHOED]};CN=1012;{_identity(to)}Flag={flag};"
    return frame.build(f"{head}CP=&&SystemTime={time[:14]}&&".encode(), check=_kind(check))


def moment(now_ms: int) -> str:
    """``YYYYMMDDhhmmsszzz`` in Shanghai."""
    at = datetime.fromtimestamp(now_ms / 1000, SHANGHAI)
    return f"{at:%Y%m%d%H%M%S}{now_ms % 1000:03d}"


def _answer(to: Segment, cn: str, said: str, check: Check) -> bytes:
    of, qn = edition(to), to.field("QN")
    named = f"QN={qn[:_ECHOED]}" if qn else ""
    tail = f"ST=91;CN={cn};{_identity(to)}Flag={_FLAGS[of]};CP=&&"
    if of is Edition.E2005:
        text = f"{tail}{';'.join(filter(None, (named, said)))}&&"
    else:
        text = f"{named}{';' if named else ''}{tail}{said}&&"
    return frame.build(text.encode(), check=_kind(check))


def _identity(to: Segment) -> str:
    pairs = ((name, to.field(name)) for name in ("PW", "MN"))
    return "".join([f"{name}={value[:_ECHOED]};" for name, value in pairs if value is not None])


def _kind(check: Check) -> Check:
    """Answers carry the check that the monitor uses itself."""
    return Check.STANDARD if check is Check.NONE else check
