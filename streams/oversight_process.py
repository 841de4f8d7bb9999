"""``python -m streams.oversight_process``: cases, answers and directives, in the foreground until it is told to stop.

It needs a broker and a warehouse (``HUILIU_KAFKA``, ``HUILIU_DATABASE``) and starts neither. SIGTERM and SIGINT end it
cleanly; a fault ends it with exit code 70 and the reason in its log: what is not committed comes again.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import Final, NoReturn

import faust

from huiliu import process
from huiliu.kafka import Cluster
from huiliu.settings import Settings
from oversight.rule_files import in_use
from sinks.warehouse import Warehouse
from streams.drill import Drill
from streams.oversight_app import Oversight, build

EX_SOFTWARE: Final = 70

logger = logging.getLogger(__name__)

#: Seconds to stop in after a fault, before the process is ended.
_LAST_WORDS: Final = 10.0


def run(kafka: Cluster, database: str, settings: Settings) -> int:
    """Run oversight until it is stopped; returns the exit code. Raises RuleFileRefused before anything starts."""
    settings.home.mkdir(parents=True, exist_ok=True)
    rules = in_use(settings.oversight_rules)
    warehouse, faults = Warehouse(database), list[BaseException]()
    app = build(kafka, settings.home, settings)

    def ended(fault: BaseException) -> None:
        faults.append(fault)
        logger.critical("Oversight ends with a fault, what is not committed comes again", exc_info=fault)
        timer = threading.Timer(_LAST_WORDS, end, (EX_SOFTWARE,))
        timer.daemon = True
        timer.start()

    Oversight(warehouse, kafka, rules, Drill(settings.crash_at), ended).add_agents(app)
    log = process.logging_config({"kafka": "WARNING", "aiokafka": "WARNING", "kafka.net.sasl": "ERROR"})
    worker = faust.Worker(app, loglevel="INFO", logging_config=log, redirect_stdouts=False, quiet=True)
    try:
        worker.execute_from_commandline()
    except SystemExit as told:
        return EX_SOFTWARE if faults or told.code else 0
    finally:
        warehouse.close()
    return EX_SOFTWARE if faults else 0


def end(code: int) -> NoReturn:
    """End the process now: everything is committed or comes again, and no client's thread may hold it."""
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    end(process.begin(run))
