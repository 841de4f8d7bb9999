"""The page of all topics, ``docs/topics.md``: Chinese first, English second. A test holds it to the topology.

Run ``python -m schemas.topics_page > docs/topics.md`` after changing a topic.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from schemas.topics import DAY_MS, TOPOLOGY, Topic

_HEAD: Final = """# 主题 | Topics

本页由 `python -m schemas.topics_page > docs/topics.md` 生成，请勿手工修改。
`<division>` 为六位行政区划代码，`<kind>` 为事项类别。主题由枢纽建立：公共主题在 `huiliu up` 启动时，报送单位的主题在
`huiliu publisher add` 时；已有的主题原样不动。副本数取集群的默认值。

This page is generated; do not edit it. `<division>` is a division code of six digits, `<kind>` a kind of event. The hub
makes the topics: its own when `huiliu up` starts, a publisher's with `huiliu publisher add`; a topic that is there is
left as it is. The replication factor is the cluster's default."""


def _retention(topic: Topic) -> str:
    return "不限 for ever" if topic.retention_ms < 0 else f"{topic.retention_ms // DAY_MS} 天 days"


def _partitions(topic: Topic) -> str:
    return "`HUILIU_PARTITIONS`" if topic.partitions is None else str(topic.partitions)


def _summary() -> Iterator[str]:
    yield "| 主题 topic | 写入 written by | 读取 read by | 分区 partitions | 保留 kept |"
    yield "|---|---|---|---|---|"
    for topic in TOPOLOGY:
        readers = "; ".join(topic.readers)
        yield f"| `{topic.pattern}` | {topic.writer} | {readers} | {_partitions(topic)} | {_retention(topic)} |"


def _entry(topic: Topic) -> Iterator[str]:
    yield f"## {topic.pattern}"
    yield ""
    yield f"{topic.meaning_zh}。"
    yield ""
    yield f"{topic.meaning_en[0].upper()}{topic.meaning_en[1:]}."
    yield ""
    yield "```properties"
    yield from (f"{name}={value}" for name, value in topic.configuration.items())
    yield "```"
    yield ""


def page() -> str:
    """The whole page as Markdown, with a line feed at its end."""
    lines = [_HEAD, "", *_summary(), ""]
    for topic in TOPOLOGY:
        lines += _entry(topic)
    # A name in angle brackets would be an HTML tag where it does not stand in code.
    headed = [line.replace("<", "&lt;") if line.startswith("## ") else line for line in lines]
    return "\n".join(headed).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
