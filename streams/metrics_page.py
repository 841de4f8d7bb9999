"""The page of all metrics, ``docs/metrics.md``: Chinese first, English second. A test holds it to the table.

Run ``python -m streams.metrics_page > docs/metrics.md`` after changing a metric or a stage.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from streams.metrics import METRICS, STAGES

_HEAD: Final = """# 指标 | Metrics

本页由 `python -m streams.metrics_page > docs/metrics.md` 生成，请勿手工修改。
每个处理进程在自己的 `/metrics` 上给出自己的数字；全省的数字由各进程相加（积压）或取最大（等待秒数）得到。
直方图另有后缀 `_bucket`、`_sum`、`_count`。怎样使用见 [guide/monitoring.md](guide/monitoring.md)。

This page is generated; do not edit it. Each worker shows its own figures at its own `/metrics`; those of the whole hub
are their sum (lag) or maximum (seconds waited). A histogram has the suffixes `_bucket`, `_sum` and `_count` as well.
How to use them: [guide/monitoring.md](guide/monitoring.md)."""


def _metrics(*, chinese: bool) -> Iterator[str]:
    yield "| 指标 | 类型 | 标签 | 含义 |" if chinese else "| metric | type | labels | meaning |"
    yield "|---|---|---|---|"
    for one in METRICS:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        yield f"| `{one.name}` | {one.type} | {labels} | {one.zh if chinese else one.en} |"


def _stages() -> Iterator[str]:
    yield "| `stage` | 属于 part of | 含义 | meaning |"
    yield "|---|---|---|---|"
    for one in STAGES:
        yield f"| `{one.name}` | {f'`{one.of}`' if one.of else ''} | {one.zh} | {one.en} |"


def page() -> str:
    """The whole page as Markdown, with a line feed at its end."""
    parts = [[_HEAD], _metrics(chinese=True), _metrics(chinese=False), ["## 环节 | Stages"], _stages()]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
