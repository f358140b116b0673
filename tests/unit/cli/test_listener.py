"""Sockets to listen on, and what is said where there is none."""

import errno
import socket
from typing import NoReturn

import pytest

from app.cli.listener import is_loopback, listen, local_url
from app.core.errors import ConfigurationError


def test_port_0_takes_a_free_port_and_says_which() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert local_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_of_everybody_is_reached_through_loopback() -> None:
    with listen("0.0.0.0", 0) as listener:  # noqa: S104 - what is under test
        assert local_url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_an_ipv6_address_is_put_in_brackets() -> None:
    with listen("::", 0) as listener:
        assert local_url(listener) == f"http://[::1]:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("192.0.2.1", False)],  # noqa: S104
)
def test_loopback_is_known_by_address(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_port_is_taken_even_before_anybody_answers_on_it() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} on 127.0.0.1 is taken"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.EACCES, "This user may not listen on port 80. Choose one above 1023"),
        (errno.EADDRNOTAVAIL, "it is no address of this machine"),
        (errno.EADDRINUSE, "PORT=81 make run"),
        (errno.ENOBUFS, "Cannot listen on 127.0.0.1, port 80: "),
    ],
)
def test_each_refusal_of_the_machine_says_what_to_do(
    code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Refusing(socket.socket):
        def bind(self, _address: object) -> NoReturn:
            raise OSError(code, "no")

    monkeypatch.setattr(socket, "socket", Refusing)
    with pytest.raises(ConfigurationError, match=words):
        listen("127.0.0.1", 80)


def test_the_last_port_suggests_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    class Taken(socket.socket):
        def bind(self, _address: object) -> NoReturn:
            raise OSError(errno.EADDRINUSE, "taken")

    monkeypatch.setattr(socket, "socket", Taken)
    with pytest.raises(ConfigurationError, match="PORT=65534 make run"):
        listen("127.0.0.1", 65_535)
