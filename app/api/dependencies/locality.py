"""Whether a request was made on this very machine, and not through a proxy."""

import ipaddress
from typing import Final

from starlette.types import Scope

# Any of these means that somebody stands in between, so the client's address says nothing.
_FORWARDED: Final = frozenset(
    {b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"}
)


def is_local(scope: Scope) -> bool:
    """Say whether a program on this machine asks, and knows that it does.

    The Host header counts too: a web page can make a browser on this machine ask, under a name of
    the page's own that resolves to 127.0.0.1.
    """
    client = scope.get("client")
    return client is not None and _is_loopback(client[0]) and names_this_machine(scope)


def names_this_machine(scope: Scope) -> bool:
    """Say whether whoever asks asks their own machine, as far as headers can tell."""
    if any(name in _FORWARDED for name, _ in scope["headers"]):
        return False
    host = host_of(scope)
    return host == "localhost" or _is_loopback(host)


def host_of(scope: Scope) -> str:
    """Return the name or address in the Host header, without port and brackets, in lower case."""
    found = [value for name, value in scope["headers"] if name == b"host"]
    if len(found) != 1:
        return ""
    host = found[0].decode("latin-1").strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
