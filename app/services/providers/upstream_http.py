"""HTTP to one upstream: its address, its credential, its time limits, its errors in our words."""

import asyncio
from collections.abc import Mapping
from typing import Final

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
from app.services.providers.http_client import UpstreamClient
from app.services.providers.transport import head_of, origin_of
from app.services.providers.upstream_answer import UpstreamAnswer
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
_SUCCESS: Final = range(200, 300)
_REDIRECTION: Final = range(300, 400)
_PLAIN: Final = ("", "identity")

_log = structlog.stdlib.get_logger(__name__)


class UpstreamHttp:
    """Sends requests to one upstream. The credential goes to its configured host and no other."""

    def __init__(
        self,
        name: str,
        config: UpstreamConfig,
        client: UpstreamClient,
        *,
        clock: Clock,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare what all requests share; `headers` are the dialect's, the operator's win."""
        self.name = name
        self._base_url = httpx2.URL(config.base_url)
        self._origin = origin_of(self._base_url)
        self._query = dict(config.query)
        self._client = client
        self._clock = clock
        self._headers = [(b"Host", self._base_url.netloc), *_headers(config, headers or {}).raw]
        self._secret = config.token.get_secret_value() if config.token else None
        self._heads: dict[tuple[str, str], bytes] = {}

    async def request_whole(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        timeouts: TimeoutConfig,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[bytes, UpstreamAnswer]:
        """Return a whole answer's body, and the answer for its headers, within the total limit.

        `headers` are the request's own, in place of those that all have.

        Raises:
            UpstreamError: there is no answer, a failing one, or one over `MAX_ANSWER_BYTES`.
        """
        until = asyncio.get_running_loop().time() + timeouts.total_seconds
        answer = await self.send(
            method,
            path,
            body,
            connect_seconds=timeouts.connect_seconds,
            until=until,
            headers=headers,
        )
        try:
            return await self.read_whole(answer, until=until), answer
        finally:
            answer.close()

    async def send(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        connect_seconds: float,
        until: float,
        headers: Mapping[str, str] | None = None,
    ) -> UpstreamAnswer:
        """Send a request and return its answer, which the caller reads and has to close.

        Raises:
            UpstreamError: there is no answer, or a failing one.
        """
        try:
            head = self._head(method, path, headers)
            answer = await self._client.ask(
                self._origin,
                b"%b%d\r\n\r\n" % (head, len(body)),
                body,
                connect_seconds=connect_seconds,
                until=until,
            )
        except httpx2.TransportError as error:
            raise self._error_of_asking(error) from error
        if answer.status in _SUCCESS and answer.header(b"content-encoding") in _PLAIN:
            return answer
        try:
            raise await self._refusal(answer, until)
        finally:
            answer.close()

    async def read_whole(self, answer: UpstreamAnswer, *, until: float) -> bytes:
        """Return the body of an open answer.

        Raises:
            UpstreamProtocolError: it is over `MAX_ANSWER_BYTES`.
            UpstreamTimeoutError: it has not ended by then.
            UpstreamTruncatedError: it ended early.
        """
        pieces: list[bytes] = []
        size = 0
        try:
            while piece := await answer.read(until=until):
                size += len(piece)
                if size > MAX_ANSWER_BYTES:
                    raise UpstreamProtocolError(
                        f"The upstream {self.name!r} answered more than {MAX_ANSWER_BYTES:,} bytes."
                    )
                pieces.append(piece)
                if answer.is_read:
                    break
        except httpx2.TransportError as error:
            raise self.error_of_reading(error) from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def error_of_reading(self, error: httpx2.TransportError) -> AppError:
        """Return our error for what ended an answer; the log has the reason."""
        if isinstance(error, httpx2.TimeoutException):
            return self._error_of_asking(error)
        _log.warning("upstream_cut", upstream=self.name, reason=str(error))
        return UpstreamTruncatedError(f"The upstream {self.name!r} cut its answer short.")

    async def _refusal(self, answer: UpstreamAnswer, until: float) -> UpstreamError:
        body = b""
        try:
            while len(body) <= MAX_ERROR_BYTES and (piece := await answer.read(until=until)):
                body += piece
        except httpx2.TimeoutException as error:
            raise self._error_of_asking(error) from error
        except httpx2.TransportError:
            pass  # the status says most of it
        body = body[:MAX_ERROR_BYTES]
        if self._secret:
            body = body.replace(self._secret.encode(), b"[redacted]")
        _log.warning(
            "upstream_refused",
            upstream=self.name,
            status=answer.status,
            reason=read_complaint(body).message,
        )
        if answer.status in _REDIRECTION:
            elsewhere = UpstreamProtocolError(
                f"The upstream {self.name!r} redirects elsewhere, which is never followed. "
                "Ask the operator to check its base_url."
            )
            elsewhere.may_be_billed = False
            return elsewhere
        if answer.status in _SUCCESS:
            return UpstreamProtocolError(
                f"The upstream {self.name!r} compresses its answers, although it is asked not to: "
                "a few bytes could fill the gateway's memory."
            )
        refusal = Refusal(answer.status, answer.header(b"retry-after") or None, body)
        return error_from_answer(self.name, refusal, self._clock)

    def _error_of_asking(self, error: httpx2.TransportError) -> AppError:
        """Return our error for what went wrong; the log has the reason."""
        named: AppError
        if isinstance(error, httpx2.PoolTimeout):
            named = NotReadyError(
                "The gateway has no connection left for this call. Try again soon.",
                retry_after_seconds=1,
            )
        elif isinstance(error, httpx2.TimeoutException):
            _log.warning("upstream_timed_out", upstream=self.name)
            named = UpstreamTimeoutError(f"The upstream {self.name!r} did not answer in time.")
        else:
            _log.warning("upstream_unreachable", upstream=self.name, reason=str(error))
            named = UpstreamUnreachableError(
                f"The upstream {self.name!r} cannot be reached. The gateway's log says why."
            )
        # Nothing can be billed where there was no connection to send on.
        named.may_be_billed = not isinstance(error, _UNSENT)
        return named

    def _head(self, method: str, path: str, headers: Mapping[str, str] | None) -> bytes:
        """Return the head of a request, up to the length of its body.

        It is kept for the next one, unless that may be another one.
        """
        if headers is not None:
            return self._make_head(method, path, headers)
        head = self._heads.get((method, path))
        if head is None:
            head = self._heads[method, path] = self._make_head(method, path, {})
        return head

    def _make_head(self, method: str, path: str, headers: Mapping[str, str]) -> bytes:
        own = {name.lower().encode(): value.encode() for name, value in headers.items()}
        shared = [(name, value) for name, value in self._headers if name.lower() not in own]
        url = self._base_url.copy_with(path=self._base_url.path.rstrip("/") + path)
        url = url.copy_merge_params(self._query) if self._query else url
        return head_of(method, url.raw_path, [*shared, *own.items()]) + b"Content-Length: "


def _headers(config: UpstreamConfig, dialect: Mapping[str, str]) -> httpx2.Headers:
    headers = httpx2.Headers(
        {
            "accept": "*/*",
            "accept-encoding": "identity",
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
