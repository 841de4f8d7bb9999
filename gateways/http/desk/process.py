"""``python -m gateways.http.desk.process``: takes jobs from its standard input until that ends.

A job is JSON with the name of its function under ``job``. The answer is what that returns under ``told``, a file that
cannot be taken under ``refused``, or, for a fault of ours, its name under ``fault``, its traceback in the log.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, BinaryIO, Final

import orjson

from gateways.files.errors import FileRefused
from gateways.files.json_text import dumped

logger = logging.getLogger(__name__)

#: Where each job is done; imported when the first one comes.
JOBS: Final[Mapping[str, tuple[str, str]]] = {
    "judge": ("gateways.http.desk.judging", "events"),
    "read": ("gateways.http.upload.reading", "read"),
    "check": ("gateways.http.upload.checking", "check"),
    "report": ("gateways.http.upload.reporting", "report"),
}

#: Requests go first.
_NICENESS: Final = 5


def main() -> None:
    """Work until there are no more jobs."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.INFO)
    os.nice(_NICENESS)
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while (job := _next(jobs)) is not None:
        told = dumped(_answer(job)).encode()
        answers.write(len(told).to_bytes(8) + told)
        answers.flush()


def _next(jobs: BinaryIO) -> dict[str, Any] | None:
    length = jobs.read(8)
    if len(length) < 8:
        return None
    job: dict[str, Any] = orjson.loads(jobs.read(int.from_bytes(length)))
    return job


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    os.environ["HUILIU_LANGUAGE"] = job.get("language", "zh")
    module, name = JOBS[job["job"]]
    try:
        work: Callable[[dict[str, Any]], Any] = getattr(import_module(module), name)
        return {"told": work(job)}
    except FileRefused as refused:
        return {"refused": str(refused)}
    except Exception as fault:  # told to whoever asked; the process goes on
        logger.exception("The job %s failed", job["job"])
        return {"fault": f"{type(fault).__name__} in {job['job']}"}


if __name__ == "__main__":
    main()
