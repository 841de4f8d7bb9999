"""A publisher is known by its secret: nobody else is, nobody suspended is, and the warehouse cannot give it away."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from huiliu.division import DivisionCode
from sinks import credentials, publishers
from sinks.errors import WarehouseError
from sinks.publishers import Publisher
from sinks.warehouse import Connection, Warehouse

HEFEI, WUHU = DivisionCode("340100"), DivisionCode("340200")


@pytest.fixture
def secret(warehouse: Warehouse) -> str:
    """Hefei's; Wuhu has one too."""
    made = credentials.new_secret()
    with warehouse.batch() as connection:
        for division in (HEFEI, WUHU):
            publishers.add(connection, Publisher(division=division, kinds=("nil",)))
        assert credentials.keep(connection, HEFEI, made) == "publisher-340100"
        credentials.keep(connection, WUHU, credentials.new_secret())
    return made


def test_the_verifier_is_the_one_of_rfc_7677_and_rfc_5802() -> None:
    """With SHA-512 in place of the example's SHA-256: derived here from the RFC's formulas, step by step."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    block = hmac.new(b"pencil", salt + (1).to_bytes(4, "big"), hashlib.sha512).digest()
    salted = int.from_bytes(block)
    for _ in range(4095):
        block = hmac.new(b"pencil", block, hashlib.sha512).digest()
        salted ^= int.from_bytes(block)
    client_key = hmac.new(salted.to_bytes(64), b"Client Key", hashlib.sha512).digest()
    assert credentials.stored_key("pencil", salt, 4096) == hashlib.sha512(client_key).digest()


def let_in(connection: Connection, user: str, secret: str) -> DivisionCode | None:
    found = credentials.prove(connection, user, secret)
    return None if found is None or found.suspended else found.division


def test_the_right_secret_names_the_division_and_every_other_names_none(warehouse: Warehouse, secret: str) -> None:
    with warehouse.read() as connection:
        assert let_in(connection, "publisher-340100", secret) == HEFEI
        for user, wrong in [
            ("publisher-340100", secret[:-1]), ("publisher-340100", secret + "x"), ("publisher-340100", ""),
            ("publisher-340200", secret), ("publisher-340300", secret), ("340100", secret), ("", secret),
            ("publisher-340100", "x" * 10_000), ("publisher-340100\0", secret),
            ("' or true --", secret), ("publisher-340100", "\udcff"), ("报送", "口令"),
        ]:  # fmt: skip
            assert let_in(connection, user, wrong) is None


def test_a_new_secret_ends_the_old_one_at_once(warehouse: Warehouse, secret: str) -> None:
    with warehouse.read() as connection:
        assert let_in(connection, "publisher-340100", secret) == HEFEI
    fresh = credentials.new_secret()
    with warehouse.batch() as connection:
        credentials.keep(connection, HEFEI, fresh)
    with warehouse.read() as connection:
        assert let_in(connection, "publisher-340100", secret) is None
        assert let_in(connection, "publisher-340100", fresh) == HEFEI


def test_a_suspended_one_is_nobody_from_the_next_request_on(warehouse: Warehouse, secret: str) -> None:
    with warehouse.read() as connection:
        assert let_in(connection, "publisher-340100", secret) == HEFEI
    with warehouse.batch() as connection:
        publishers.suspend(connection, HEFEI, suspended=True)
    with warehouse.read() as connection:
        assert let_in(connection, "publisher-340100", secret) is None
    with warehouse.batch() as connection:
        publishers.suspend(connection, HEFEI, suspended=False)
        assert let_in(connection, "publisher-340100", secret) == HEFEI
        assert credentials.holders(connection) == {HEFEI, WUHU}
        assert credentials.forget(connection, HEFEI)
        assert not credentials.forget(connection, HEFEI)
        assert let_in(connection, "publisher-340100", secret) is None


def test_asking_again_does_not_derive_the_key_again(warehouse: Warehouse, secret: str) -> None:
    with warehouse.read() as connection:
        let_in(connection, "publisher-340100", secret)
        begun = time.perf_counter()
        for _ in range(100):
            assert let_in(connection, "publisher-340100", secret) == HEFEI
        again = (time.perf_counter() - begun) / 100
        begun = time.perf_counter()
        for number in range(20):
            credentials.stored_key(secret, b"%d" % number, credentials.ITERATIONS)
        derived = (time.perf_counter() - begun) / 20
    assert again < derived + 0.005


def test_the_secret_is_nowhere_in_the_warehouse_and_no_reader_sees_the_verifier(
    warehouse: Warehouse, secret: str
) -> None:
    with warehouse.read() as connection:
        kept = connection.execute(text("select c::text from credential c")).scalars().all()
    assert kept
    assert not any(secret in row or secret.encode().hex() in row for row in kept)
    with pytest.raises(WarehouseError, match="permission denied"), warehouse.read() as connection:
        connection.execute(text("set local role huiliu_reader"))
        connection.execute(text("select * from credential"))


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40))
@settings(max_examples=15, deadline=None)
def test_a_verifier_proves_its_own_secret_only(one: str, other: str) -> None:
    verifier = credentials.Verifier.of(one)
    key = credentials.stored_key(other, verifier.salt, verifier.iterations)
    assert (key == verifier.stored_key) == (one == other)
