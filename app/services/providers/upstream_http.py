"""HTTP to one upstream: its address, its credential, its time limits, its errors in our words."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Final, cast

import httpx2
import structlog

from app import __version__
from app.core.clock import Clock
from app.core.errors import (
    AppError,
    NotReadyError,
    UpstreamError,
    UpstreamProtocolError,
    UpstreamTimeoutError,
    UpstreamTruncatedError,
    UpstreamUnreachableError,
)
from app.core.gateway_file import UpstreamConfig
from app.core.gateway_models import TimeoutConfig
from app.services.providers.upstream_errors import Refusal, error_from_answer, read_complaint

MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
MAX_ERROR_BYTES: Final = 64 * 1024

_UNSENT: Final = (
    httpx2.PoolTimeout,
    httpx2.ConnectTimeout,
    httpx2.ConnectError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
_PLAIN: Final = "identity"

_log = structlog.stdlib.get_logger(__name__)


class UpstreamHttp:
    """Sends requests to one upstream. The credential goes to its configured host and no other."""

    def __init__(
        self,
        name: str,
        config: UpstreamConfig,
        client: httpx2.AsyncClient,
        *,
        clock: Clock,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare what all requests share; `headers` are the dialect's, the operator's win."""
        self.name = name
        self._base_url = httpx2.URL(config.base_url)
        self._query = dict(config.query)
        self._client = client
        self._clock = clock
        # Raw pairs, Host among them: httpx2 then has nothing to work out for each request.
        self._headers = [(b"Host", self._base_url.netloc), *_headers(config, headers or {}).raw]
        self._secret = config.token.get_secret_value() if config.token else None
        self._urls: dict[str, httpx2.URL] = {}

    async def request_whole(
        self, method: str, path: str, body: bytes | None = None, *, timeouts: TimeoutConfig
    ) -> tuple[bytes, Mapping[str, str]]:
        """Return a whole answer and its headers, within the total limit.

        Raises:
            UpstreamError: there is no answer, a failing one, or one over `MAX_ANSWER_BYTES`.
        """
        with self.named_errors():
            async with asyncio.timeout(timeouts.total_seconds):
                response = await self.send(method, path, body, timeouts=timeouts)
                try:
                    return await self.read(response, MAX_ANSWER_BYTES), response.headers
                finally:
                    await response.aclose()

    async def send(
        self, method: str, path: str, body: bytes | None = None, *, timeouts: TimeoutConfig
    ) -> httpx2.Response:
        """Send a request and return its answer, which the caller reads and has to close.

        Raises:
            UpstreamError: there is no answer, or a failing one.
        """
        content = b"" if body is None else body
        request = httpx2.Request(
            method,
            self._url(path),
            headers=[*self._headers, (b"Content-Length", b"%d" % len(content))],
            stream=httpx2.ByteStream(content),
            extensions={"timeout": _limits(timeouts)},
        )
        with self.named_errors():
            response = await self._client.send(request, stream=True)
        if response.is_success and response.headers.get("content-encoding", _PLAIN) == _PLAIN:
            return response
        try:
            raise await self._refusal(response)
        finally:
            await response.aclose()

    async def read(self, response: httpx2.Response, max_bytes: int) -> bytes:
        """Return the body of an open answer.

        Raises:
            UpstreamProtocolError: it is over `max_bytes`.
            UpstreamTruncatedError: it ended early.
        """
        pieces: list[bytes] = []
        size = 0
        async for piece in self.iter_pieces(response):
            size += len(piece)
            if size > max_bytes:
                raise UpstreamProtocolError(
                    f"The upstream {self.name!r} answered more than {max_bytes:,} bytes."
                )
            pieces.append(piece)
        return b"".join(pieces)

    async def iter_pieces(self, response: httpx2.Response) -> AsyncGenerator[bytes]:
        """Yield the body of an open answer as it arrives.

        Raises:
            UpstreamTruncatedError: it ended early.
        """
        try:
            # Reading the stream itself spares httpx2's book-keeping, once a piece.
            async for piece in cast("AsyncIterable[bytes]", response.stream):
                yield piece
        except httpx2.TimeoutException:
            raise
        except httpx2.HTTPError as error:
            _log.warning("upstream_cut", upstream=self.name, reason=str(error))
            raise UpstreamTruncatedError(
                f"The upstream {self.name!r} cut its answer short."
            ) from error

    async def _refusal(self, response: httpx2.Response) -> UpstreamError:
        body = b""
        with suppress(UpstreamTruncatedError):  # the status says most of it
            async for piece in self.iter_pieces(response):
                body += piece
                if len(body) > MAX_ERROR_BYTES:
                    break
        body = body[:MAX_ERROR_BYTES]
        if self._secret:
            body = body.replace(self._secret.encode(), b"[redacted]")
        _log.warning(
            "upstream_refused",
            upstream=self.name,
            status=response.status_code,
            reason=read_complaint(body).message,
        )
        if response.is_redirect:
            elsewhere = UpstreamProtocolError(
                f"The upstream {self.name!r} redirects elsewhere, which is never followed. "
                "Ask the operator to check its base_url."
            )
            elsewhere.may_be_billed = False
            return elsewhere
        if response.is_success:
            return UpstreamProtocolError(
                f"The upstream {self.name!r} compresses its answers, although it is asked not to: "
                "a few bytes could fill the gateway's memory."
            )
        refusal = Refusal(response.status_code, response.headers, body)
        return error_from_answer(self.name, refusal, self._clock)

    def named_errors(self) -> "_NamedErrors":
        """Translate what goes wrong inside a `with` into errors of ours; the log has the reason."""
        return _NamedErrors(self.name)

    def _url(self, path: str) -> httpx2.URL:
        url = self._urls.get(path)
        if url is None:
            base = self._base_url.path.rstrip("/")
            url = self._base_url.copy_with(path=base + path)
            url = url.copy_merge_params(self._query) if self._query else url
            self._urls[path] = url
        return url


def _limits(timeouts: TimeoutConfig) -> dict[str, float]:
    connect, whole = timeouts.connect_seconds, timeouts.total_seconds
    return {"connect": connect, "pool": connect, "write": whole, "read": whole}


class _NamedErrors:
    """A context on every call's way: a generator would cost it twice as much."""

    __slots__ = ("_upstream",)

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        match error:
            case httpx2.PoolTimeout():
                raise _unless_sent(
                    NotReadyError(
                        "The gateway has no connection left for this call. Try again soon.",
                        retry_after_seconds=1,
                    ),
                    error,
                ) from error
            case httpx2.TimeoutException() | TimeoutError():
                _log.warning("upstream_timed_out", upstream=self._upstream)
                raise _unless_sent(
                    UpstreamTimeoutError(
                        f"The upstream {self._upstream!r} did not answer in time."
                    ),
                    error,
                ) from error
            case httpx2.HTTPError():
                _log.warning("upstream_unreachable", upstream=self._upstream, reason=str(error))
                raise _unless_sent(
                    UpstreamUnreachableError(
                        f"The upstream {self._upstream!r} cannot be reached. "
                        "The gateway's log says why."
                    ),
                    error,
                ) from error
            case _:
                pass


def _unless_sent(named: AppError, error: BaseException) -> AppError:
    """Note on an error that nothing can be billed, where there was no connection to send on."""
    named.may_be_billed = not isinstance(error, _UNSENT)
    return named


def _headers(config: UpstreamConfig, dialect: Mapping[str, str]) -> httpx2.Headers:
    headers = httpx2.Headers(
        {
            "accept": "*/*",
            "accept-encoding": _PLAIN,
            "content-type": "application/json",
            "user-agent": f"meterhouse/{__version__}",
        }
    )
    headers.update(dialect)
    if config.token is not None:
        secret = config.token.get_secret_value()
        headers[config.auth_header] = f"{config.auth_scheme} {secret}".strip()
    headers.update(config.headers)
    return headers
