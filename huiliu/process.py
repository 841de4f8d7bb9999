"""What the hub's processes that run until they are told to stop have in common: how they begin, and their log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from huiliu.errors import SettingError
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings

#: Exit code of a process whose settings are wrong or lacking: starting it again does not help.
EX_SETTINGS: Final = 2


def begin(run: Callable[[Cluster, str, Settings], int]) -> int:
    """Run a process with the broker, the database and the settings of its environment; returns its exit code.

    Where a setting is wrong, or no broker or database is named, stderr says which and nothing is run.
    """
    try:
        settings = Settings.from_environment()
        if settings.cluster and settings.database:
            return run(settings.cluster, settings.database, settings)
    except SettingError as fault:
        sys.stderr.write(f"{fault}\n")
        return EX_SETTINGS
    told = text(
        "须设置 HUILIU_KAFKA 和 HUILIU_DATABASE；huiliu up 会为其进程设好",
        "HUILIU_KAFKA and HUILIU_DATABASE are needed; `huiliu up` sets them for its processes",
    )
    sys.stderr.write(f"{told}\n")
    return EX_SETTINGS


def logging_config(levels: Mapping[str, str]) -> dict[str, Any]:
    """A process's log, for ``logging.config.dictConfig``: stderr, one line an entry, from INFO on.

    ``levels``: of the loggers of libraries that say more than helps.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
        "loggers": {name: {"level": level} for name, level in levels.items()},
        "root": {"handlers": ["stderr"], "level": "INFO"},
    }
