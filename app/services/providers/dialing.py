"""How a connection to an upstream comes to stand."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

import aiohappyeyeballs
import httpx2

_Protocol = TypeVar("_Protocol", bound=asyncio.Protocol)
_NEXT_ADDRESS_SECONDS: Final = 0.25  # how long an address may take before the next is tried too


class Origin(NamedTuple):
    """Where a connection goes. Requests to the same origin share connections."""

    scheme: bytes
    host: bytes
    port: int | None


async def dial(
    origin: Origin,
    make: Callable[[], _Protocol],
    verifying: Callable[[], ssl.SSLContext],
    *,
    until: float,
) -> _Protocol:
    """Return what `make` makes, connected to an origin; give up at a time of the event loop.

    Where the origin has a certificate, it is verified with what `verifying` returns.

    Raises:
        httpx2.ConnectTimeout: finding and reaching the host took too long.
        httpx2.ConnectError: the host is unknown, refuses, or fails the TLS handshake.
        httpx2.UnsupportedProtocol: its scheme is not one of HTTP's.
    """
    if origin.scheme not in {b"http", b"https"}:
        scheme = origin.scheme.decode()
        raise httpx2.UnsupportedProtocol(f"An upstream is reached by HTTP, not by {scheme}.")
    try:
        async with asyncio.timeout_at(until):
            return await _connect(origin, make, verifying)
    except TimeoutError as error:
        raise httpx2.ConnectTimeout("The upstream could not be reached in time.") from error
    except OSError as error:
        raise httpx2.ConnectError(str(error) or type(error).__name__) from error


async def _connect(
    origin: Origin, make: Callable[[], _Protocol], verifying: Callable[[], ssl.SSLContext]
) -> _Protocol:
    loop = asyncio.get_running_loop()
    host = origin.host.decode("ascii")
    secure = origin.scheme == b"https"
    addresses = await loop.getaddrinfo(
        host, origin.port or (443 if secure else 80), type=socket.SOCK_STREAM
    )
    line = await aiohappyeyeballs.start_connection(  # pyright: ignore[reportUnknownMemberType]
        addresses, happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS, loop=loop
    )
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _, connection = await loop.create_connection(
        make,
        sock=line,
        ssl=verifying() if secure else None,
        server_hostname=host if secure else None,
    )
    return connection
