"""Connections that send no request, or the head of one drop by drop, are ended: they would take the place of others.

uvicorn ends a connection that is idle after a request; one that never finishes the head of a request it would keep.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol


class Punctual(H11Protocol):
    """uvicorn's protocol, with a time limit for the head of each request."""

    patience: ClassVar[float] = 15.0  #: seconds from the first byte of a head, or from connecting, to its last

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """The first head is waited for."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A head that is complete is waited for no more; one that has begun is."""
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._done()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for."""
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.patience, self.transport.close)

    def _done(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None
