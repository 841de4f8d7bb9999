"""What a publisher may do at the cluster: write its own topics, read what is for it, and nothing of others.

Asked of the broker (authorized operations of a topic, KIP-430): nothing is written. A broker without authorizer grants
everything to everybody, which is found by what it grants on others' topics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from deploy.cluster import admin
from deploy.diagnosis import Check
from huiliu import division as divisions
from huiliu.division import DivisionCode
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas import topics
from schemas.contract import KINDS

TIMEOUT_MS: Final = 8_000
_NO_ERROR: Final = 0


def probed(cluster: Cluster, division: DivisionCode, kinds: Sequence[str]) -> Iterator[Check]:
    """Own intake topics, own answers, others' topics. ``kinds`` empty: those whose topics one can see."""
    own = {topics.intake_topic(division, kind): kind for kind in (kinds or KINDS)}
    answers = [f"{family}.{division}" for family in ("receipts", "quarantine", "directives")]
    other = topics.intake_topic(_neighbour(division), "reading")
    try:
        with admin(cluster, TIMEOUT_MS) as client:
            told = {one["name"]: one for one in client.describe_topics([*own, *answers, other])}
    except Unavailable as fault:
        found = str(fault).splitlines()[0]
        yield Check("rights", "unknown", found, text("修复连接后再查一次", "mend the connection and look again"))
        return
    seen = {name for name in own if _there(told.get(name))}
    yield from _writing(own, seen, told, bool(kinds), division)
    unread = [name for name in answers if "READ" not in _operations(told.get(name))]
    yield _lacking("read", unread, text("读取", "read"), division, answers)
    yield _others(other, told.get(other))


def _there(topic: dict[str, Any] | None) -> bool:
    return topic is not None and topic["error_code"] == _NO_ERROR


def _operations(topic: dict[str, Any] | None) -> set[str]:
    return set(topic.get("authorized_operations") or ()) if _there(topic) and topic is not None else set()


def _writing(own: dict[str, str], seen: set[str], told: dict[str, Any], asked: bool, division: str) -> Iterator[Check]:
    looked_at = sorted(own) if asked else sorted(seen)
    if not looked_at:
        yield _lacking("write", sorted(own), text("写入", "write"), division, [])
        return
    refused = [name for name in looked_at if "WRITE" not in _operations(told.get(name))]
    yield _lacking("write", refused, text("写入", "write"), division, looked_at)


def _lacking(name: str, refused: list[str], act: str, division: str, looked_at: list[str]) -> Check:
    if not refused:
        return Check(name, "good", ", ".join(looked_at))
    found = text(f"不能{act}：", f"may not {act}: ") + ", ".join(refused[:4]) + (" …" if len(refused) > 4 else "")
    kinds = sorted({topic.split(".")[2] for topic in refused if topic.startswith("intake.")}) or ["all"]
    told = ",".join(kinds) if len(kinds) < len(KINDS) else "all"
    mend = text(
        f"请管理员执行：huiliu publisher add {division} --kinds {told}",
        f"have the administrator run: huiliu publisher add {division} --kinds {told}",
    )
    return Check(name, "failed", found, mend)


def _others(name: str, topic: dict[str, Any] | None) -> Check:
    """Granted is what the broker says of a topic that is there; one that is not there must be refused, not unknown."""
    granted = _operations(topic) & {"WRITE", "READ", "ALL"}
    refused = topic is None or topic["error_code"] == 29  # TOPIC_AUTHORIZATION_FAILED
    if refused or (_there(topic) and not granted):
        return Check("others", "good", text("不能读写其他单位的主题", "others' topics are closed to us"))
    mend = text(
        "请管理员为集群启用授权（authorizer.class.name），并只授予本单位的主题",
        "have the cluster authorize (authorizer.class.name) and grant only one's own topics",
    )
    what = ", ".join(sorted(granted)) or "DESCRIBE"
    return Check("others", "failed", text(f"可对 {name} 执行 {what}", f"{what} is granted on {name}"), mend)


def _neighbour(division: DivisionCode) -> DivisionCode:
    """Somebody else's code: the first other city of the province, or the next province."""
    province = divisions.province_of(division)
    others = [code for code in divisions.cities(province) if not divisions.within(division, code)]
    return others[0] if others else DivisionCode("340100" if province != "340000" else "320100")
