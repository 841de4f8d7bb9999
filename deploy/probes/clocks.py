"""How far this machine's clock is from another's: events carry times, and signatures and certificates have terms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from deploy.diagnosis import Check
from huiliu.language import text

WARNING_SECONDS: Final = 5.0
FAILED_SECONDS: Final = 60.0  #: half of what the HJ 212 clock commands tolerate, and less than any rule on times


def compared(name: str, theirs: datetime, before: datetime, after: datetime, grain: float = 0.0) -> Check:
    """Their time beside ours, read between ``before`` and ``after``.

    ``grain``: seconds that their time may have lost by being cut (1 for an HTTP Date).
    """
    middle = before + (after - before) / 2
    leeway = (after - before).total_seconds() / 2 + grain
    apart = max(0.0, abs((theirs - middle).total_seconds()) - leeway)
    found = text(f"相差 {apart:.1f} 秒（±{leeway:.1f}）", f"{apart:.1f} s apart (±{leeway:.1f})")
    mend = text("请用 NTP 校准本机时钟（如 chrony）", "set this machine's clock by NTP (chrony, say)")
    if apart >= FAILED_SECONDS:
        return Check(name, "failed", found, mend)
    return Check(name, "warning", found, mend) if apart >= WARNING_SECONDS else Check(name, "good", found)


def now() -> datetime:
    """Ours."""
    return datetime.now(UTC)
