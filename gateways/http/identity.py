"""Who asks: a publisher, by its user and secret (HTTP Basic, RFC 7617, or a Bearer token of ``user:secret``).

A proof is remembered for some seconds under a fingerprint that is worth nothing outside this process, so a suspended
publisher, or one with a new secret, is refused within those seconds.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from gateways.http import problems
from gateways.http.limits import ADDRESS_FAILURES, FAILURES, Failures
from sinks import credentials, publishers
from sinks.publishers import Publisher
from sinks.warehouse import Warehouse

#: Seconds for which a proof is remembered, and how many of them.
REMEMBERED: Final = 10.0
_MOST: Final = 10_000

#: No Authorization header of ours is longer, characters.
_LONGEST: Final = 1024


class Login(NamedTuple):
    """What somebody says he is, not yet proved."""

    user: str
    secret: str


def login(header: str | None) -> Login | None:
    """User and secret of an Authorization header; None where it holds none."""
    scheme, _, given = (header or "")[: _LONGEST + 1].partition(" ")
    if len(header or "") > _LONGEST:
        return None
    told = given.strip()
    if scheme.lower() == "basic":
        try:
            told = base64.b64decode(told, validate=True).decode("utf-8")
        except ValueError:  # not Base64, or not UTF-8
            return None
    elif scheme.lower() != "bearer":
        return None
    user, colon, secret = told.partition(":")
    return Login(user, secret) if colon else None


class Identities:
    """Proves who asks."""

    def __init__(self, warehouse: Warehouse, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock``: seconds, never going back."""
        self._warehouse, self._clock = warehouse, clock
        self._own = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, tuple[float, Publisher]] = OrderedDict()
        self._failures = Failures(FAILURES, clock), Failures(ADDRESS_FAILURES, clock)

    async def of(self, header: str | None, address: str) -> Publisher:
        """The publisher that asks. Raises Problem 401, 403, 429; WarehouseError where nobody can tell.

        ``address``: from where, to count failures by.
        """
        claimed = login(header)
        if claimed is None:
            raise problems.unauthorized()
        name = hmac.digest(self._own, f"{claimed.user}\0{claimed.secret}".encode(), "sha256")
        until, known = self._kept.get(name, (0.0, None))
        if known is None or self._clock() >= until:
            by_user, by_address = self._failures
            # Many publishers may share an address: one that has a wrong secret keeps no other out.
            by_user.check(f"{address} {claimed.user}")
            by_address.check(address)
            known = await asyncio.to_thread(self._prove, claimed)
            if known is None:
                by_user.note(f"{address} {claimed.user}")
                by_address.note(address)
                raise problems.unauthorized()
            self._keep(name, known)
        if known.suspended:
            raise problems.suspended(known.division)
        return known

    def _prove(self, claimed: Login) -> Publisher | None:
        with self._warehouse.read() as connection:
            found = credentials.prove(connection, claimed.user, claimed.secret)
            return None if found is None else publishers.find(connection, found.division)

    def _keep(self, name: bytes, known: Publisher) -> None:
        self._kept[name] = (self._clock() + REMEMBERED, known)
        self._kept.move_to_end(name)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
