"""Clients over a socket that write down each request as it leaves."""

from typing import Any, Final

import httpx2


class Left:
    """The requests that left a program."""

    def __init__(self) -> None:
        self.requests: Final[list[httpx2.Request]] = []

    def client(self, **options: Any) -> httpx2.Client:
        """Open a client whose requests are written down."""
        return httpx2.Client(transport=_Transport(self.requests), **options)

    def async_client(self, **options: Any) -> httpx2.AsyncClient:
        """Open such a client for coroutines."""
        return httpx2.AsyncClient(transport=_AsyncTransport(self.requests), **options)

    @property
    def hosts(self) -> set[str]:
        """Return where they went."""
        return {f"{one.url.scheme}://{one.url.netloc.decode()}" for one in self.requests}

    @property
    def credentials(self) -> set[str]:
        """Return what they carried."""
        return {one.headers.get("authorization", "") for one in self.requests}

    def says(self, word: str) -> bool:
        """Return whether a word stands in a URL or a header of any."""
        return any(word in f"{one.url} {one.headers.raw}" for one in self.requests)


class _Transport(httpx2.HTTPTransport):
    def __init__(self, requests: list[httpx2.Request]) -> None:
        super().__init__()
        self._requests = requests

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._requests.append(request)
        return super().handle_request(request)


class _AsyncTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, requests: list[httpx2.Request]) -> None:
        super().__init__()
        self._requests = requests

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._requests.append(request)
        return await super().handle_async_request(request)
