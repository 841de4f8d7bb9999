"""Whether what is sent gets loaded and kept: topics and how they are kept, what is behind, who publishes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from deploy.cluster import Partition, admin, behind, members
from deploy.diagnosis import Check, Outcome
from deploy.topics import hub_topics, publisher_topics
from huiliu import division as divisions
from huiliu.clock import now_ms
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.period import SHANGHAI
from schemas.topics import GROUP, topology
from sinks.publishers import Publisher

TIMEOUT_MS: Final = 8_000
BEHIND: Final = 100_000  #: records not loaded: more than a second or two of work for a worker

#: Settings that keep records and their times; others may be an administrator's choice.
KEPT: Final = ("retention.ms", "retention.bytes", "cleanup.policy", "message.timestamp.type", "max.message.bytes")


def probed(kafka: Cluster, publishers: list[Publisher], next_offsets: Mapping[Partition, int]) -> Iterator[Check]:
    """All of it; raises Unavailable where the cluster does not answer."""
    yield jurisdiction(publishers)
    wanted = sorted(
        {*hub_topics(), *(name for one in publishers for name in publisher_topics(one.division, one.kinds))}
    )
    with admin(kafka, TIMEOUT_MS) as client:
        present = set(client.list_topics())
        kept = _configured(client, [name for name in wanted if name in present])
    yield _absent(sorted(set(wanted) - present), len(wanted))
    yield retention(kept)
    intake = [topic for one in publishers for topic in one.topics]
    yield lag(sum(behind(kafka, intake, next_offsets).values()), members(kafka, GROUP))


def jurisdiction(publishers: Iterable[Publisher]) -> Check:
    """Every publisher's division has a government today."""
    wrong = [said for one in publishers if (said := _outdated(one.division))]
    if not wrong:
        return Check("jurisdiction", "good", text("报送单位的区划均有效", "all publishers' divisions are in force"))
    mend = text(
        "请为现行区划登记报送单位，并停用旧的：huiliu publisher add, suspend",
        "register a publisher for the division in force and suspend the old: huiliu publisher add, suspend",
    )
    return Check("jurisdiction", "failed", "; ".join(wrong), mend)


def _outdated(code: str) -> str | None:
    if not divisions.known(code):
        return text(f"没有区划 {code}", f"there is no division {code}")
    if divisions.valid_on(code, datetime.fromtimestamp(now_ms() / 1000, SHANGHAI).year):
        return None
    heir = divisions.successor(code)
    told = f" → {heir} {divisions.name(heir)}" if heir else ""
    return text(f"{code} {divisions.name(code)} 已停用{told}", f"{code} {divisions.name(code)} has ended{told}")


def claim(given: str) -> Check:
    """A publisher's own division: known, with a government of its own, in force."""
    if not divisions.known(given):
        mend = text("请给出 GB/T 2260 六位代码", "give a GB/T 2260 code of six digits")
        return Check("jurisdiction", "failed", text(f"没有区划 {given}", f"there is no division {given}"), mend)
    if divisions.level(divisions.DivisionCode(given)) == "group":
        city = divisions.city_of(given)
        mend = text(f"请用 {city} {divisions.name(city)}", f"use {city} {divisions.name(city)}")
        return Check("jurisdiction", "failed", text(f"{given} 只是分组", f"{given} only groups counties"), mend)
    outdated = _outdated(given)
    if outdated is None:
        return Check("jurisdiction", "good", f"{given} {divisions.full_name(given)}")
    heir = divisions.successor(given)
    mend = text(
        f"请改用 {heir or divisions.city_of(given)} 报送", f"publish for {heir or divisions.city_of(given)} instead"
    )
    return Check("jurisdiction", "failed", outdated, mend)


def _absent(absent: list[str], number: int) -> Check:
    if not absent:
        return Check("topics", "good", str(number))
    found = text(f"缺 {len(absent)} 个：", f"{len(absent)} missing: ") + ", ".join(absent[:3])
    return Check("topics", "failed", found, text("huiliu up 启动时会建立", "huiliu up makes them when it starts"))


def _configured(client: Any, names: list[str]) -> dict[str, dict[str, str]]:
    from kafka.admin import ConfigResource, ConfigResourceType

    wanted = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    told = client.describe_configs(wanted, config_filter="all") if wanted else {}
    return {
        name: {setting: str(one["value"]) for setting, one in settings.items() if setting in KEPT}
        for name, settings in told.get("topic", {}).items()
    }


def retention(kept: Mapping[str, Mapping[str, str]]) -> Check:
    """Topics are kept as the hub wants them: what expires before it is loaded is lost."""
    for name, settings in kept.items():
        family = topology(name)
        wanted = family.configuration if family is not None else {}
        for setting in KEPT:
            if setting in wanted and setting in settings and settings[setting] != wanted[setting]:
                mend = (
                    f"kafka-configs.sh --alter --entity-type topics --entity-name {name} "
                    f"--add-config {setting}={wanted[setting]}"
                )
                # What comes in must stay; what goes out is an administrator's choice.
                worst: Outcome = "failed" if name.startswith(("intake.", "receipts.")) else "warning"
                return Check("retention", worst, f"{name}: {setting} = {settings[setting]}", mend)
    return Check("retention", "good", text(f"{len(kept)} 个主题", f"{len(kept)} topics"))


def lag(records: int, workers: int) -> Check:
    """What is sent and not yet loaded, and whether anybody loads."""
    found = text(f"未入库 {records:,} 条，处理进程成员 {workers}", f"{records:,} records not loaded, {workers} members")
    if records and not workers:
        return Check(
            "lag", "failed", found, text("请启动处理进程：huiliu up 或 huiliu worker", "start a worker: huiliu up")
        )
    if records > BEHIND:
        mend = text("积压较多：请增加处理进程（--workers）", "much waits: run more workers (--workers)")
        return Check("lag", "warning", found, mend)
    return Check("lag", "good", found)
