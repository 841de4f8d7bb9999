"""What a record of bare HJ 212 packets says: which packets of a message are in it, and which are not.

The HJ 212 gateway hands on the packets of a message whose rest never came as they are, instead of a reading, so that
the hub refuses them with a finding and keeps them (docs/decisions/0015-hj212-frames.md).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

HEADER: Final = b"##"
_PACKET: Final = re.compile(rb"##([^\r\n#]{0,400}?)CP=&&")  # bounded: a flood of headers must cost no time
_FIELD: Final = re.compile(rb"(CN|PNUM|PNO)=([0-9A-Za-z]{1,9});")
_TIME: Final = re.compile(rb"DataTime=([0-9]{1,17})")
#: Packets of a message at most.
MOST: Final = 64


class Incomplete(NamedTuple):
    """Texts for a finding: the message with the packets that came, and the packets that did not."""

    came: str
    missing: str


def incomplete(value: bytes) -> Incomplete | None:
    """The message of which these packets are a part; None where they are no such thing, or nothing is missing."""
    if not value.startswith(HEADER):
        return None
    heads = [dict(_FIELD.findall(head)) for head in _PACKET.findall(value)]
    numbers = [(head.get(b"PNUM", b""), head.get(b"PNO", b"")) for head in heads]
    if not heads or not all(pnum.isdigit() and pno.isdigit() for pnum, pno in numbers):
        return None
    pnum, came = int(numbers[0][0]), sorted({int(pno) for _, pno in numbers})
    missing = sorted(set(range(1, min(pnum, MOST) + 1)) - set(came))
    if not missing:
        return None
    time = _TIME.search(value)
    about = [f"CN={heads[0].get(b'CN', b'').decode()}", f"DataTime={time.group(1).decode()}" if time else ""]
    told = [*filter(None, about), f"PNUM={pnum}", f"PNO={_listed(came)}"]
    return Incomplete(";".join(told), f"PNO={_listed(missing)}")


def _listed(numbers: list[int]) -> str:
    return ",".join(map(str, numbers[:MOST]))
