"""The embedded broker: one Apache Kafka node in KRaft mode, broker and controller in one process."""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGTERM

from deploy.access import set_secret
from deploy.cluster import answers
from deploy.listeners import HUB_USER, Listeners, hub, known_at, remember
from deploy.ports import is_open
from deploy.process import Part, run, spawn, wait_ready
from huiliu.kafka import Cluster
from huiliu.private_file import private

HEAP = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
)  # two cores: collecting beside the work takes more than it gives
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # for programs that end at once
LARGEST_MESSAGE = 17 * 1024 * 1024  # bytes: a 16 MiB record with its batch around it still arrives, to be quarantined
ENVIRON = {"LC_ALL": "C.UTF-8"}  # else Java cannot open paths with Chinese in them where no locale is set
START = 90.0  # seconds until it must answer; a broker that recovers a large log after a crash takes its time
STOP = 30.0  # seconds for a controlled shutdown, then it is killed; nothing acknowledged is lost either way
FAREWELL = SIGTERM

LOGGING = """\
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {log}
appender.file.filePattern = {log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %m (%c)%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""


@dataclass(frozen=True)
class Broker:
    """Where the broker keeps its data, what runs it and which doors it has."""

    folder: Path
    logs: Path
    java: Path
    class_path: tuple[Path, ...]
    listeners: Listeners
    options: tuple[str, ...] = ()  # of Java, beyond what every broker gets

    @property
    def cluster(self) -> Cluster:
        """How the hub's processes reach it."""
        return hub(self.listeners.hub, self.listeners.password_file)

    def start(self, started: Callable[[Part], None]) -> Part:
        """Configure, format once, run, wait until it answers, and see to it that it knows the hub's user.

        :param started: told of the process before it is ready, so that it can be found should we die.
        :raises PartError: it ended or did not answer in time.
        """
        self._configure()
        if not (self.folder / "data" / "meta.properties").exists():
            self._format()
        part = spawn(
            "broker",
            self._java(HEAP + self.options, "kafka.Kafka", self._settings_file),
            (self.logs / "broker.log", self.logs / "broker.out"),
            farewell=FAREWELL,
            environ={**os.environ, **ENVIRON},
            cwd=self.folder,
        )
        started(part)
        wait_ready(part, self._answers, START)
        return part

    def _answers(self) -> bool:
        """Whether it serves the hub's user; one that does not know the user, or not this password, is told first.

        A home of a version without authentication is such a one, a new one is, and one whose password file was lost.
        The user comes in by the password of the settings file then. Ever after only SCRAM is spoken: whoever should get
        hold of the port while the broker is down is told nothing that opens it.
        """
        if not is_open(self.listeners.hub):
            return False
        marker, wanted = self.folder / "data" / "hub.user", self.listeners.fingerprint()
        if not known_at(marker, wanted):
            first = replace(self.cluster, mechanism="PLAIN")
            if not answers(first):
                return False
            set_secret(first, HUB_USER, self.cluster.password())
            remember(marker, wanted)
        return answers(self.cluster)

    @property
    def _java_file(self) -> Path:
        """Options that would make the command unreadable in a list of processes."""
        return self.folder / "java.options"

    @property
    def _settings_file(self) -> Path:
        return self.folder / "server.properties"

    def _configure(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={_property(value)}" for name, value in self.settings().items()]
        private(self._settings_file, "\n".join(lines) + "\n")
        logging_file = self.folder / "log4j2.properties"
        logging_file.write_text(LOGGING.format(log=_property(self.logs / "broker.log")), encoding="ascii")
        jars = os.pathsep.join(str(jar) for jar in self.class_path)
        options = ["-Djava.awt.headless=true", f"-Dlog4j2.configurationFile={logging_file}", "-cp", jars]
        self._java_file.write_text("\n".join(_quoted(option) for option in options) + "\n", encoding="utf-8")

    def settings(self) -> dict[str, str | int | Path]:
        """server.properties."""
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{self.listeners.controller}",
            **self.listeners.settings(),
            "log.dirs": self.folder / "data",
            "auto.create.topics.enable": "false",
            "group.initial.rebalance.delay.ms": 0,
            # After a crash the node must wait until its former self is given up; 9 s unless said.
            "broker.session.timeout.ms": 6_000,
            "broker.heartbeat.interval.ms": 1_000,
            "num.partitions": 1,
            "default.replication.factor": 1,
            "min.insync.replicas": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "share.coordinator.state.topic.num.partitions": 1,
            "log.retention.ms": -1,
            "message.max.bytes": LARGEST_MESSAGE,
            "socket.request.max.bytes": 100 * 1024 * 1024,
        }

    def _format(self) -> None:
        cluster = cluster_id()
        run(
            self._java(BRIEF, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", self._settings_file),
            name="broker format",
            log=self.logs / "broker.out",
            environ={**os.environ, **ENVIRON},
        )

    def _java(self, options: tuple[str, ...], program: str, *arguments: str | Path) -> list[str | Path]:
        return [self.java, *options, f"@{self._java_file}", program, *arguments]


def cluster_id() -> str:
    """A random identifier in Kafka's spelling; one that begins with "-" would be taken for an option."""
    while True:
        identifier = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not identifier.startswith("-"):
            return identifier


def _property(value: str | int | Path) -> str:
    """As Java reads a file of properties: Latin-1, everything else escaped."""
    escaped = str(value).replace("\\", "\\\\").encode("utf-16-be")
    units = [int.from_bytes(escaped[at : at + 2]) for at in range(0, len(escaped), 2)]
    return "".join(chr(unit) if unit < 128 else f"\\u{unit:04x}" for unit in units)


def _quoted(option: str) -> str:
    """As the java launcher reads its option files."""
    return '"' + option.replace("\\", "\\\\").replace('"', '\\"') + '"'
