"""The page of all settings, ``docs/settings.md``: Chinese first, English second. A test holds it to the table.

Run ``python -m huiliu.settings_page > docs/settings.md`` after changing a setting.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

from huiliu.settings_table import SETTINGS, Setting

_HEAD: Final = """# 设置 | Settings

本页由 `python -m huiliu.settings_page > docs/settings.md` 生成，请勿手工修改。
设置取自环境变量，进程启动时读取一次；空值等于未设。取值不当时，程序拒绝启动，并指出变量名、所给的值和可取的值。

This page is generated; do not edit it. Settings are environment variables, read once when a process starts; an empty
one counts as not set. A wrong value is refused at the start, with the variable, the value and what is allowed."""

#: Defaults that are words, not values; everything else is shown as it would be typed.
_WORDS: Final = {
    "the user's data folder, huiliu": "用户数据目录下的 huiliu",
    "the locale's, else zh": "随系统语言，否则 zh",
    "the one installed with the package": "随程序安装的 Java",
    "as user and CA say": "随用户与 CA 而定",
    "the system's": "系统自带",
    "the hub's own": "由汇流自建的 CA 签发",
    "as HUILIU_KAFKA": "与 HUILIU_KAFKA 相同",
    "SASL_SSL where we log in": "本机登录时为 SASL_SSL",
    "as HUILIU_KAFKA_CA": "与 HUILIU_KAFKA_CA 相同",
    "the gateway that runs here": "本机运行的网关",
    "a free one, shown by status": "自动选用空闲端口，见 huiliu status",
}


def _row(variable: str, meaning: str, default: str, allowed: str) -> str:
    return f"| `{variable}` | {meaning} | {default} | {allowed} |"


def _default(setting: Setting, *, chinese: bool) -> str:
    if setting.default in _WORDS:
        return _WORDS[setting.default] if chinese else setting.default
    return f"`{setting.default}`" if setting.default else ""


def _table(*, chinese: bool) -> Iterator[str]:
    yield "| 变量 | 含义 | 默认 | 可取值 |" if chinese else "| variable | meaning | default | allowed |"
    yield "|---|---|---|---|"
    for one in SETTINGS:
        meaning = one.meaning_zh if chinese else one.meaning_en
        allowed = one.allowed_zh if chinese else one.allowed_en
        yield _row(one.variable, meaning, _default(one, chinese=chinese), allowed)


def page() -> str:
    """The whole page as Markdown, with a line feed at its end."""
    return "\n".join([_HEAD, "", *_table(chinese=True), "", *_table(chinese=False)]) + "\n"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(page())
