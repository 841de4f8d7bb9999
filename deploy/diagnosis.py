"""Whether this machine can run the embedded parts, and one way to mend each thing that is wrong."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy import kafka_jars, postgres, record
from deploy.java import java
from deploy.ports import is_free
from huiliu.errors import HuiliuError
from huiliu.language import text
from huiliu.settings import Settings

#: ``skipped``: not asked for, or not applicable. ``unknown``: it could not be found out, which is not well.
Outcome = Literal["good", "warning", "failed", "skipped", "unknown"]

JAVA_MINIMUM = 17  # Kafka 4's servers
DISK_FAILED = 0.1  # of the free room wanted: less than this share is a fault, less than all of it a warning
GIB = 1024**3


@dataclass(frozen=True)
class Check:
    """One thing looked at: what was found and, unless all is well, the one thing to do about it."""

    name: str
    outcome: Outcome
    found: str
    mend: str = ""


def machine(settings: Settings) -> Iterator[Check]:
    """Look at what the embedded parts need, skipping what external endpoints make unnecessary."""
    yield python()
    yield home(settings.home)
    if settings.kafka:
        yield Check("java", "skipped", text("使用外部 Kafka", "an external Kafka is used"))
    else:
        yield tried("java", lambda: java_version(settings))
        yield tried("jars", lambda: jars(settings))
    if settings.database:
        yield Check("postgresql", "skipped", text("使用外部数据库", "an external database is used"))
    else:
        yield tried("postgresql", programs)
        yield account()
    yield disk(settings.home, settings.disk_gib)
    yield ports(settings.home)


def tried(name: str, check: Callable[[], Check]) -> Check:
    """The check, or what it raised: its message names the problem and what to do."""
    return next(each(name, lambda: iter((check(),))))


def each(name: str, probe: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The checks of a probe; what it raises is the last of them, and the doctor goes on with the next probe."""
    try:
        yield from probe()
    except HuiliuError as error:
        yield Check(name, "failed", str(error).splitlines()[0], str(error))
    except Exception as fault:
        # A doctor that falls ill is no doctor: what could not be looked at counts as not well.
        found = text(f"检查本身出错：{type(fault).__name__}", f"the check itself failed: {type(fault).__name__}")
        yield Check(name, "unknown", found, text("请把 --json 的输出发给维护者", "send the output of --json to us"))


def python() -> Check:
    """Python 3.11 to 3.13."""
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info < (3, 14):
        return Check("python", "good", version)
    mend = text("请用 Python 3.11 至 3.13 重新执行 make setup", "run make setup with Python 3.11 to 3.13")
    return Check("python", "failed", version, mend)


def home(folder: Path) -> Check:
    """The folder can be written, or can be made."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    if os.access(existing, os.W_OK | os.X_OK):
        return Check("home", "good", str(folder))
    mend = text("请把 HUILIU_HOME 设为可写的目录", "set HUILIU_HOME to a folder that can be written")
    return Check("home", "failed", f"{folder}: {existing}", mend)


def java_version(settings: Settings) -> Check:
    """A Java that starts and is new enough."""
    program = java(settings.java_home)
    answer = subprocess.run([program, "-version"], capture_output=True, text=True, check=False, timeout=30)
    match = re.search(r'version "(\d+)', answer.stderr)
    if match and int(match[1]) >= JAVA_MINIMUM:
        return Check("java", "good", f"{match[1]} ({program})")
    mend = text(
        f"请把 HUILIU_JAVA_HOME 设为 JDK {JAVA_MINIMUM} 及以上版本，或去掉该设置",
        f"set HUILIU_JAVA_HOME to a JDK {JAVA_MINIMUM} or newer, or unset it",
    )
    return Check("java", "failed", (answer.stderr or answer.stdout).strip()[:200] or str(program), mend)


def jars(settings: Settings) -> Check:
    """Kafka's jars are in place with the pinned content."""
    if settings.kafka_jars is not None:
        return Check("jars", "good", f"{len(kafka_jars.class_path(settings.kafka_jars))} ({settings.kafka_jars})")
    version, pinned = kafka_jars.pinned()
    folder = kafka_jars.cache() / f"kafka-{version}"
    absent = kafka_jars.missing(folder, pinned)
    if absent:
        found = text(
            f"Kafka {version}：{len(absent)} 个 jar 未下载", f"Kafka {version}: {len(absent)} jars not fetched"
        )
        mend = text(
            "联网时首次启动会自动下载；离线请设 HUILIU_KAFKA_JARS",
            "the first start fetches them; without network set HUILIU_KAFKA_JARS",
        )
        return Check("jars", "warning", found, mend)
    wrong = kafka_jars.differing(folder, pinned)
    if wrong:
        return Check("jars", "failed", wrong[0].file, text(f"请删除目录 {folder}", f"delete the folder {folder}"))
    return Check("jars", "good", f"Kafka {version} ({folder})")


def programs() -> Check:
    """PostgreSQL's programs are installed and run."""
    program = postgres.programs() / "postgres"
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=30)
    if answer.returncode == 0:
        return Check("postgresql", "good", answer.stdout.strip())
    return Check(
        "postgresql", "failed", answer.stderr.strip()[:200], text("请重新执行 make setup", "run make setup again")
    )


def account() -> Check:
    """Root needs somebody else to run PostgreSQL as."""
    from deploy.account import NAME, can_be_made, exists

    if os.geteuid() != 0:
        return Check("account", "good", text("普通用户", "an ordinary user"))
    if exists() or can_be_made():
        return Check("account", "good", NAME)
    mend = text(
        f"请执行 useradd --system {NAME}，或以普通用户运行", f"run useradd --system {NAME}, or do not run as root"
    )
    return Check("account", "failed", "root", mend)


def disk(folder: Path, wanted: int) -> Check:
    """Room for data in the home folder; ``wanted`` in GiB."""
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(existing).free / GIB
    found = text(f"可用 {free:.1f} GiB", f"{free:.1f} GiB free")
    mend = text("请腾出空间，或把 HUILIU_HOME 移到更大的磁盘", "make room, or move HUILIU_HOME to a larger disk")
    if free < wanted * DISK_FAILED:
        return Check("disk", "failed", found, mend)
    return Check("disk", "warning", found, mend) if free < wanted else Check("disk", "good", found)


def ports(folder: Path) -> Check:
    """The ports of the last run are ours or free; else the next start chooses others."""
    known = record.load(folder)
    if known is None:
        return Check("ports", "good", text("启动时选择空闲端口", "free ones are chosen at the start"))
    mine = {known.ports.broker: "broker", known.ports.controller: "broker", known.ports.database: "database"}
    taken = [port for port, part in mine.items() if part not in known.parts and not is_free(port)]
    found = ", ".join(str(port) for port in mine)
    if taken:
        mend = text(
            "下次启动会改用其他端口；依赖旧端口的客户端请改用 huiliu status 所示地址",
            "the next start takes others; clients that know the old ones need what huiliu status shows",
        )
        return Check("ports", "warning", text(f"被占用：{taken}", f"taken by others: {taken}"), mend)
    return Check("ports", "good", found)
