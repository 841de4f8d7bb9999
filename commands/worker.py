"""huiliu worker: one more worker of a hub, in the foreground until it is told to stop."""

from __future__ import annotations

from deploy.endpoints import resolve
from huiliu.settings import Settings


def worker() -> None:
    """Take part in the work of the running instance, or of HUILIU_KAFKA and HUILIU_DATABASE; the worker's exit code."""
    settings = Settings.from_environment()
    endpoints = resolve(settings)
    # Importing what validates takes seconds: only once it is known where the hub is.
    from streams import worker as process

    process.end(process.run(endpoints.kafka, endpoints.database, settings))
