"""Free TCP ports on loopback, outside the range from which the system hands out ports for outgoing connections."""

from __future__ import annotations

import random
import socket
from dataclasses import astuple, dataclass, fields


@dataclass(frozen=True)
class Ports:
    """Ports of one instance, kept from one run to the next while they are free; 0 where none was chosen yet."""

    broker: int
    controller: int
    database: int
    publishers: int = 0


FIRST, LAST = 20000, 32000  # Linux lends 32768–60999, so nothing else takes a port between choosing and binding it
ATTEMPTS = 200


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """True when a server could bind the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port with old connections in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_open(port: int, host: str = "127.0.0.1", timeout: float = 1.0) -> bool:
    """True when somebody listens on the port; timeout in seconds."""
    try:
        socket.create_connection((host, port), timeout=timeout).close()
    except OSError:
        return False
    return True


def choose(preferred: int | None = None, *, taken: frozenset[int] = frozenset()) -> int:
    """A free port: the preferred one (that of the last run) if it still is, else a random one."""
    if preferred is not None and preferred not in taken and is_free(preferred):
        return preferred
    draw = random.SystemRandom()
    for _ in range(ATTEMPTS):
        port = draw.randint(FIRST, LAST)
        if port not in taken and is_free(port):
            return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


def choose_all(last: Ports | None) -> Ports:
    """Different free ports, those of the last run where possible."""
    chosen: list[int] = []
    for preferred in astuple(last) if last else [0] * len(fields(Ports)):
        chosen.append(choose(preferred or None, taken=frozenset(chosen)))
    return Ports(*chosen)
