"""The socket that a server listens on, taken before anything else is started."""

import errno
import ipaddress
import socket
from typing import Final

from app.core.errors import ConfigurationError

_BACKLOG: Final = 2048
_LAST_PORT: Final = 65_535
_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on one address; port 0 takes a free one.

    Raises:
        ConfigurationError: the address is not this machine's, or the port is taken.
    """
    family, address = _resolve(host, port)
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(_complaint(error, host, port)) from None
    return listener


def is_loopback(host: str) -> bool:
    """Say whether only programs of this machine can reach a server that listens on a host.

    Raises:
        ConfigurationError: there is no such address.
    """
    _, address = _resolve(host, 0)
    return ipaddress.ip_address(address[0]).is_loopback


def local_url(listener: socket.socket) -> str:
    """Return the URL under which this machine's programs reach a socket."""
    address, port = listener.getsockname()[:2]
    reachable = _WILDCARDS.get(address, str(address))
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _resolve(host: str, port: int) -> tuple[int, tuple[str, int]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise ConfigurationError(
            f"Cannot listen on {host!r}: no such address. Use 127.0.0.1 for this machine only, "
            "0.0.0.0 for everybody."
        ) from None
    best = min(found, key=lambda one: one[0] != socket.AF_INET)  # localhost means 127.0.0.1 first
    return best[0], (str(best[4][0]), port)


def _complaint(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < _LAST_PORT else port - 1
        return (
            f"Port {port} on {host} is taken. Choose another: PORT={other} make run, "
            f"or meterhouse serve --port {other}."
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This user may not listen on port {port}. Choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"Cannot listen on {host}: it is no address of this machine."
    return f"Cannot listen on {host}, port {port}: {error.strerror}."
