"""An instance: broker and warehouse (and workers) of one home folder, started, watched and stopped as one thing.

Who holds the folder's lock runs the instance; the system releases the lock however the holder ends, so a record whose
lock is free is stale, and whatever it names that still runs is a leftover and is ended before anything starts.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from signal import SIGTERM
from typing import Any, TextIO

from deploy import access, certificates, kafka_jars, listeners, ports, record, targets, warm
from deploy.broker import Broker
from deploy.endpoints import Endpoints, local_database
from deploy.holding import hold
from deploy.java import java
from deploy.listeners import Listeners
from deploy.passwords import Passwords, broker_password
from deploy.ports import Ports
from deploy.postgres import Postgres
from deploy.process import Identity, Part, spawn
from deploy.progress import Progress, silent
from deploy.record import Record
from deploy.stopping import HURRY, ORDER, recover, stop_members
from huiliu.errors import HuiliuError
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings
from huiliu.tls_files import require

LOOK = 0.5  # seconds between two looks at the parts
RENEWAL = 3_600.0  # seconds between two looks at the broker's certificate


class Instance:
    """The instance of one home folder.

    :param home: keeps everything of this instance; made if it is not there.
    :param kafka: an existing cluster; None means an embedded broker.
    :param database: postgresql:// URL of an existing database; None means an embedded one.
    Which Java and which jars run the broker is read from the environment's settings.
    """

    def __init__(self, home: Path, *, kafka: Cluster | None = None, database: str | None = None) -> None:
        self.home = home.absolute()
        self._cluster, self._database = kafka, database
        self._settings = Settings.from_environment()
        self.endpoints: Endpoints | None = None  #: while it runs
        self._parts: dict[str, Part] = {}
        self._writing = threading.Lock()
        self._giving_up = threading.Event()
        self._lock: TextIO | None = None
        self._record: Record | None = None
        self._served = b""  # key and certificates that the broker was started with, or told of since

    @property
    def external(self) -> tuple[str, ...]:
        """Parts that are not ours to start and stop."""
        given = {"broker": self._cluster, "database": self._database}
        return tuple(name for name, one in given.items() if one)

    @property
    def logs(self) -> Path:
        """Folder of the parts' logs."""
        return self.home / "logs"

    @property
    def metrics(self) -> Mapping[str, str]:
        """URLs, without path, at which the workers show what they do, by their names."""
        known = self._record.metrics if self._record is not None else {}
        return {name: f"http://{known[name]}" for name in self._workers() if name in known}

    @property
    def gateways(self) -> Mapping[str, str]:
        """URLs, without path, of the gateways that were started, by their names."""
        known = self._record.gateways if self._record is not None else {}
        return {name: known[name] for name in self._parts if name in known}

    @property
    def probes(self) -> Mapping[str, str]:
        """URLs, without path, at which the gateways say whether they are ready, by their names."""
        known = self._record.metrics if self._record is not None else {}
        return {name: f"http://{known[name]}" if name in known else url for name, url in self.gateways.items()}

    @contextmanager
    def running(self, progress: Progress = silent) -> Iterator[Endpoints]:
        """Broker and warehouse while the block runs; both stopped after it, whatever happened in it."""
        endpoints = self.start(progress)
        try:
            yield endpoints
        finally:
            self.stop(progress)

    def start(self, progress: Progress = silent) -> Endpoints:
        """Start broker and warehouse side by side and wait until both answer.

        :raises HeldError: another process runs this instance.
        :raises DeployError: a part cannot be provided; whatever had started is stopped again.
        """
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = hold(self.home)
        try:
            recover(self.home, progress)
            return self._start(progress)
        except BaseException:
            self.stop(progress)
            raise

    def _start(self, progress: Progress) -> Endpoints:
        self._record = self._opening_record()
        self._record.save(self.home)
        self._giving_up.clear()

        def going_on(step: str, label: str, done: int = 0, total: int = 0) -> None:
            if self._giving_up.is_set():
                raise CancelledError(step)
            progress(step, label, done, total)

        with ThreadPoolExecutor(2) as pool:
            database = pool.submit(self._start_database, self._record, going_on)
            kafka = pool.submit(self._start_broker, self._record, going_on)
            try:
                _first_failure([database, kafka])
            except BaseException:  # also Ctrl-C: what the threads wait for must end, or the pool waits for them
                self._giving_up.set()
                self._stop_parts(silent)
                raise
            self.endpoints = Endpoints(kafka.result(), database.result(), self._record.publishers)
        self._record = replace(self._record, ready=True)
        self._record.save(self.home)
        return self.endpoints

    def _opening_record(self) -> Record:
        last = record.load(self.home)
        chosen = ports.choose_all(last.ports if last else None)
        if self._settings.publishers_port is not None:
            chosen = replace(chosen, publishers=self._settings.publishers_port)
        return Record(
            owner=Identity.of(os.getpid()),
            ports=chosen,
            kafka=self._cluster or listeners.hub(chosen.broker, broker_password(self.home)),
            publishers=self._settings.door if self._cluster else self._publishers(chosen),
            sockets=tempfile.mkdtemp(prefix="huiliu-"),  # short: a socket's path may have 107 bytes
            external=self.external,
            metrics=last.metrics if last else {},
            gateways=last.gateways if last else {},
        )

    def _publishers(self, chosen: Ports) -> Cluster:
        """How publishers will reach the embedded broker."""
        given = self._settings.tls_certificate is not None
        ca = self._settings.tls_ca if given else self.home / certificates.FOLDER / "ca.pem"
        return listeners.publishers(self._settings.publishers_host, chosen.publishers, ca)

    def _identity(self) -> certificates.Identity:
        """The broker's certificates: those that settings give, else the hub's own."""
        told = self._settings
        if told.tls_certificate is not None and told.tls_key is not None:
            return certificates.given(self.home, told.tls_certificate, told.tls_key, told.tls_ca)
        return certificates.own(self.home, [told.publishers_host, "localhost", "127.0.0.1", "::1"])

    def _start_broker(self, known: Record, progress: Progress) -> Cluster:
        if self._cluster:
            return self._cluster
        class_path = kafka_jars.class_path(self._settings.kafka_jars, progress=progress)
        keystore = self._identity().keystore
        self._served = keystore.read_bytes()
        node = Broker(
            folder=self.home / "broker",
            logs=self.logs,
            java=java(self._settings.java_home),
            class_path=tuple(class_path),
            listeners=Listeners(
                hub=known.ports.broker,
                controller=known.ports.controller,
                publishers=known.ports.publishers,
                host=self._settings.publishers_host,
                keystore=keystore,
                password_file=broker_password(self.home),
            ),
        )
        if self._settings.java_home is None and self._settings.kafka_jars is None:
            node = replace(node, options=warm.options(node, class_path[0].parent, self._started, progress))
            self._parts.pop("broker", None)  # the one that was trained, if one was
        label = text("启动 Kafka", "starting Kafka")
        progress("broker", label)
        node.start(self._started)
        progress("broker", label, 1, 1)
        return known.kafka

    def _start_database(self, known: Record, progress: Progress) -> str:
        if self._database:
            return self._database
        server = Postgres(
            folder=self.home / "database",
            logs=self.logs,
            sockets=Path(known.sockets),
            port=known.ports.database,
            passwords=Passwords.of(self.home),
        )
        label = text("启动 PostgreSQL", "starting PostgreSQL")
        progress("database", label)
        server.start(self._started)
        progress("database", label, 1, 1)
        return local_database(server.passwords, server.port)

    def start_worker(self, endpoints: Endpoints, number: int = 1) -> Part:
        """Start one worker process on the endpoints; its log is logs/worker-<number>.log."""
        more = {"HUILIU_METRICS_PORT": str(self._metrics_port(number))}
        return self._spawn(f"worker-{number}", "streams.worker", endpoints, more)

    def start_http(self, endpoints: Endpoints) -> str:
        """Start the HTTP gateway on the endpoints; its log is logs/gateway-http.log. Returns its URL without path."""
        name = "gateway-http"
        last = self._record.gateways.get(name) if self._record else None
        port = self._settings.http_port or ports.choose(targets.port_of(last) if last else None)
        told = certificates.for_http(replace(self._settings, home=self.home))
        if told.http_certificate is not None and told.http_key is not None:
            require(told.http_certificate, told.http_key, ("HUILIU_HTTP_CERTIFICATE", "HUILIU_HTTP_KEY"))
        scheme = "https" if told.http_certificate else "http"
        url = f"{scheme}://{targets.address(self._settings.http_host, port)}"
        if self._record is not None:
            self._record = replace(self._record, gateways={**self._record.gateways, name: url})
        more = {
            "HUILIU_HTTP_PORT": str(port),
            "HUILIU_HTTP_TLS": "",
            "HUILIU_HTTP_CERTIFICATE": str(told.http_certificate or ""),
            "HUILIU_HTTP_KEY": str(told.http_key or ""),
        }
        self._spawn(name, "gateways.http", endpoints, more)
        return url

    def start_hj212(self, endpoints: Endpoints) -> str:
        """Start the HJ 212 gateway on the endpoints; its log is logs/gateway-hj212.log. Returns its URL."""
        name, last = "gateway-hj212", self._record
        known = last.gateways.get(name) if last else None
        port = self._settings.hj212_port or ports.choose(targets.port_of(known) if known else None)
        shown = last.metrics.get(name) if last else None
        probe = ports.choose(targets.port_of(shown) if shown else None, taken=frozenset({port}))
        url = f"tcp://{targets.address(self._settings.hj212_host, port)}"
        if self._record is not None:
            address = targets.address(self._settings.metrics_host, probe)
            self._record = replace(
                self._record,
                gateways={**self._record.gateways, name: url},
                metrics={**self._record.metrics, name: address},
            )
        more = {"HUILIU_HJ212_PORT": str(port), "HUILIU_METRICS_PORT": str(probe)}
        self._spawn(name, "gateways.hj212.server", endpoints, more)
        return url

    def start_oversight(self, endpoints: Endpoints) -> Part:
        """Start the oversight process on the endpoints; its log is logs/oversight.log."""
        return self._spawn("oversight", "streams.oversight_process", endpoints, {})

    def _spawn(self, name: str, module: str, endpoints: Endpoints, more: Mapping[str, str]) -> Part:
        """Start one of the hub's own processes on the endpoints; its log is logs/<name>.log."""
        environ = {
            **os.environ,
            "HUILIU_HOME": str(self.home),
            **endpoints.kafka.environ(),
            "HUILIU_DATABASE": endpoints.database,
            **more,
        }
        log = self.logs / f"{name}.log"
        part = spawn(name, [sys.executable, "-m", module], (log,), farewell=SIGTERM, environ=environ)
        self._started(part)
        return part

    def _metrics_port(self, number: int) -> int:
        """The port on which a worker shows what it does, recorded for other shells and for Prometheus."""
        if self._record is None:
            return ports.choose()
        name = f"worker-{number}"
        if self._settings.metrics_port is not None:
            port = self._settings.metrics_port + number - 1
        else:
            last = {worker: targets.port_of(address) for worker, address in self._record.metrics.items()}
            others = frozenset(port for worker, port in last.items() if worker != name)
            port = ports.choose(last.get(name), taken=others)
        address = targets.address(self._settings.metrics_host, port)
        self._record = replace(self._record, metrics={**self._record.metrics, name: address})
        targets.write(self.home, {name: self._record.metrics[name] for name in [*self._workers(), name]})
        return port

    def _workers(self) -> list[str]:
        return [name for name in self._parts if name.startswith("worker-")]

    def restart(self, name: str) -> None:
        """Kill the broker or the database as a crash would, and start it again on the same port; for drills.

        :param name: "broker" or "database", one that is ours.
        """
        if self._record is None or name in self.external:
            raise ValueError(name)
        part = self._parts.pop(name)
        part.process.kill()
        part.process.wait()
        if name == "broker":
            self._start_broker(self._record, silent)
        else:
            self._start_database(self._record, silent)

    def check(self) -> None:
        """:raises PartError: a part has ended by itself; the message ends with the last lines of its log."""
        for part in list(self._parts.values()):
            part.check()

    def watch(self, stop: threading.Event, tell: Callable[[str], None] = lambda _: None) -> None:
        """Look at the parts until told to stop, and once in a while at the broker's certificate.

        :param tell: is told what is wrong with the certificate; the hub goes on with the one that it has.
        :raises PartError: a part has ended by itself.
        """
        due = time.monotonic() + RENEWAL
        while not stop.wait(LOOK):
            self.check()
            if time.monotonic() > due:
                due = time.monotonic() + RENEWAL
                try:
                    self.renew()
                except HuiliuError as fault:
                    tell(str(fault))

    def renew(self) -> bool:
        """Have the broker serve its certificate anew where the files say another than it was started with.

        Whether that was so. Raises CertificateError, Unavailable, AccessError.
        """
        if "broker" not in self._parts or self.endpoints is None:
            return False
        keystore = self._identity().keystore
        content = keystore.read_bytes()
        if content == self._served:
            return False
        access.reload_keystore(self.endpoints.kafka, keystore)
        self._served = content
        return True

    def stop(self, progress: Progress = silent) -> None:
        """Stop gateways, workers, broker, warehouse, in that order, each with a deadline; safe to call twice."""
        self._stop_parts(progress)
        self.endpoints = None
        if self._record is not None:
            shutil.rmtree(self._record.sockets, ignore_errors=True)
            replace(self._record, parts={}, ready=False).save(self.home)
            targets.write(self.home, {})
            self._record = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _stop_parts(self, progress: Progress) -> None:
        parts, self._parts = self._parts, {}
        # What has nobody left to talk to does not end in order; killing it loses nothing that was committed.
        hurried = any(part.process.poll() is not None for part in parts.values())
        for kind in ORDER:
            members = [part for name, part in parts.items() if name.partition("-")[0] == kind]
            hurry = HURRY if hurried else None
            stop_members(kind, [(part.identity, part.process) for part in members], progress, hurry)

    def _started(self, part: Part) -> None:
        with self._writing:
            self._parts[part.name] = part
            if self._record is not None:
                self._record = self._record.with_part(part.name, part.identity)
                self._record.save(self.home)
        if self._giving_up.is_set():
            raise CancelledError(part.name)


def _first_failure(starts: Sequence[Future[Any]]) -> None:
    """Wait for all, or for the first that fails, and raise what it raised."""
    done, _ = wait(starts, return_when=FIRST_EXCEPTION)
    for one in done:
        one.result()
