"""The gateway's certificate: a renewed one is taken up without a restart, by connections that begin after it."""

from __future__ import annotations

import logging
import ssl
import threading
from pathlib import Path
from typing import Final

from huiliu import tls_files
from huiliu.errors import SettingError

logger = logging.getLogger(__name__)

VARIABLES: Final = ("HUILIU_HTTP_CERTIFICATE", "HUILIU_HTTP_KEY")

#: Seconds between two looks at the files.
_PAUSE: Final = 30.0


class Renewal(threading.Thread):
    """Looks at the files now and then, and loads them again once they have changed."""

    def __init__(self, context: ssl.SSLContext, certificate: Path, key: Path, pause: float = _PAUSE) -> None:
        """``context``: that of the server, with these files loaded."""
        super().__init__(name="certificate", daemon=True)
        self._context, self._certificate, self._key, self._pause = context, certificate, key, pause
        self._stopping = threading.Event()
        self._seen = self._state()

    def run(self) -> None:
        """Until stopped."""
        while not self._stopping.wait(self._pause):
            state = self._state()
            if state != self._seen:
                self._seen = state
                self._load()

    def _load(self) -> None:
        try:
            tls_files.require(self._certificate, self._key, VARIABLES)
            self._context.load_cert_chain(self._certificate, self._key)
            logger.info("The certificate %s was renewed and is used from now on", self._certificate)
        except (SettingError, OSError) as fault:  # half written perhaps: the former one stays in use
            logger.error("The renewed certificate cannot be used, the former one stays: %s", fault)

    def _state(self) -> tuple[tuple[int, int] | None, ...]:
        return tuple(_state(path) for path in (self._certificate, self._key))

    def stop(self) -> None:
        """No more looks."""
        self._stopping.set()
        self.join()


def _state(path: Path) -> tuple[int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_ino
