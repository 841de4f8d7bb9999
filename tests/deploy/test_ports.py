"""Free ports."""

from __future__ import annotations

import socket

from deploy.ports import Ports, choose, choose_all, is_free, is_open


def test_a_port_that_somebody_listens_on_is_open_and_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert is_open(port)
        assert not is_free(port)
        assert choose(port) != port
    assert not is_open(port)
    assert is_free(port)


def test_the_ports_of_the_last_run_are_kept_while_they_are_free() -> None:
    last = choose_all(None)
    assert choose_all(last) == last
    with socket.create_server(("127.0.0.1", last.controller)):
        again = choose_all(last)
    assert (again.broker, again.database) == (last.broker, last.database)
    assert again.controller != last.controller


def test_the_ports_of_one_instance_differ_even_if_the_last_ones_did_not() -> None:
    port = choose()
    chosen = choose_all(Ports(port, port, port))
    assert len({chosen.broker, chosen.controller, chosen.database}) == 3
