"""Who a publisher is, checked without its secret: the verifier of RFC 5802 (SCRAM) with SHA-512.

Kafka's broker keeps the same kind of verifier of the same secret for itself. The one here lets the ways in that are not
Kafka ask for the same user and secret. What is kept proves a secret and does not give it away:

    SaltedPassword = PBKDF2-HMAC-SHA-512(secret, salt, iterations)      RFC 5802 section 3
    StoredKey      = SHA-512(HMAC(SaltedPassword, "Client Key"))

Whether a publisher is suspended, and which verifier is in force, is asked of the warehouse each time, so a suspension
or a new secret holds from the next request on. Only the derivation of a key, which costs milliseconds, is remembered
for a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from huiliu.division import DivisionCode
from sinks.tables.credential import CREDENTIAL
from sinks.tables.publisher import PUBLISHER

ITERATIONS: Final = 4096  #: Kafka's least; secrets are made at random from 32 bytes, so guessing is hopeless anyway
LONGEST: Final = 256  #: characters of a user's name or of a secret; what is longer is nobody's
_SALT_BYTES: Final = 24
_SECRET_BYTES: Final = 32
_PREFIX: Final = "publisher-"

#: How long a derived key is remembered, seconds, and how many of them.
_REMEMBERED: Final = 60.0
_MOST: Final = 10_000


class Verifier(NamedTuple):
    """What proves a secret without giving it away."""

    salt: bytes
    iterations: int
    stored_key: bytes

    @classmethod
    def of(cls, secret: str) -> Verifier:
        """A fresh verifier, salted anew."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(salt, ITERATIONS, stored_key(secret, salt, ITERATIONS))


def user_of(division: str) -> str:
    """The user that the publisher of a division is, at the broker and at every gateway."""
    return f"{_PREFIX}{division}"


def new_secret() -> str:
    """A secret that nobody guesses: 43 characters, letters, digits, - and _."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def stored_key(secret: str, salt: bytes, iterations: int) -> bytes:
    """StoredKey of RFC 5802."""
    salted = hashlib.pbkdf2_hmac("sha512", secret.encode(), salt, iterations)
    return hashlib.sha512(hmac.digest(salted, b"Client Key", "sha512")).digest()


def keep(connection: Connection, division: DivisionCode, secret: str) -> str:
    """Keep the verifier of a registered publisher's secret, in place of an earlier one; returns the user's name."""
    row = {"user_name": user_of(division), "division": int(division), **Verifier.of(secret)._asdict()}
    changed = {name: value for name, value in row.items() if name not in ("user_name", "division")}
    statement = insert(CREDENTIAL).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["user_name"], set_={**changed, "changed_at": func.now()})
    )
    return user_of(division)


def forget(connection: Connection, division: DivisionCode) -> bool:
    """Nobody is this publisher any more; returns whether somebody was."""
    gone = connection.execute(delete(CREDENTIAL).where(CREDENTIAL.c.division == int(division)))
    return gone.rowcount > 0


def known(connection: Connection, division: DivisionCode) -> bool:
    """Whether the publisher has a credential."""
    found = select(CREDENTIAL.c.division).where(CREDENTIAL.c.division == int(division))
    return connection.execute(found).first() is not None


class Proven(NamedTuple):
    """Somebody who has proved to be a publisher, whether or not it may do anything now."""

    division: DivisionCode
    suspended: bool


def holders(connection: Connection) -> set[DivisionCode]:
    """The divisions whose publishers have a credential."""
    return {DivisionCode(f"{one:06d}") for one in connection.execute(select(CREDENTIAL.c.division)).scalars()}


def prove(connection: Connection, user: str, secret: str) -> Proven | None:
    """Who this is, suspended or not; None for a wrong user or secret.

    Takes as long for a user that is not there as for a wrong secret. Fit for many threads.
    """
    if not (_plausible(user) and _plausible(secret)):
        return None
    found = connection.execute(
        select(CREDENTIAL, PUBLISHER.c.suspended)
        .join(PUBLISHER, PUBLISHER.c.division == CREDENTIAL.c.division)
        .where(CREDENTIAL.c.user_name == user)
    ).first()
    against = _NOBODY if found is None else Verifier(found.salt, found.iterations, found.stored_key)
    right = hmac.compare_digest(_derived.key(secret, against), against.stored_key)
    if found is None or not right:
        return None
    return Proven(DivisionCode(f"{found.division:06d}"), found.suspended)


def _plausible(given: str) -> bool:
    """Whether a user or secret can be one of ours at all: what comes in from outside may be anything."""
    return 0 < len(given) <= LONGEST and given.isascii() and given.isprintable()


#: What a user is checked against that is not there: nobody has this secret.
_NOBODY: Final = Verifier.of(new_secret())


class _Derived:
    """Derived keys, remembered for a short time under a fingerprint that is worth nothing outside this process."""

    def __init__(self) -> None:
        self._own = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, tuple[float, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def key(self, secret: str, verifier: Verifier) -> bytes:
        """StoredKey of the secret under the verifier's salt and iterations."""
        told = b"%d:%b:%b" % (verifier.iterations, verifier.salt, secret.encode())
        name, now = hmac.digest(self._own, told, "sha256"), time.monotonic()
        with self._lock:
            until, found = self._kept.get(name, (0.0, b""))
        if now < until:
            return found
        found = stored_key(secret, verifier.salt, verifier.iterations)
        with self._lock:
            self._kept[name] = (now + _REMEMBERED, found)
            self._kept.move_to_end(name)
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return found


_derived: Final = _Derived()
