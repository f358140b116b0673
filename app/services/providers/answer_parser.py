"""Turns the bytes of HTTP/1.1 answers into status, headers and pieces of body; no I/O here."""

from typing import Final

import httptools
import httpx2

MAX_OVERHEAD_BYTES: Final = 64 * 1024  # between pieces of body: head, trailers, chunk extensions


class AnswerParser:
    """One answer after another, as they come on one connection."""

    def __init__(self) -> None:
        self.unread: list[bytes] = []  # pieces of the body
        self.on_body = self.unread.append  # the parser looks for it when it is made
        self._parser = httptools.HttpResponseParser(self)
        self.begin()

    def begin(self) -> None:
        """Make ready for the answer to the next request."""
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.has_head = False
        self.is_complete = False
        self.keeps_alive = False
        self.unread.clear()
        self.unread_bytes = 0  # at most: what frames the pieces may be counted with them
        self._overhead_bytes = 0

    def feed(self, data: bytes) -> None:
        """Parse what has arrived.

        Raises:
            httpx2.RemoteProtocolError: it is not HTTP, or has no end.
        """
        self._overhead_bytes += len(data)
        pieces = len(self.unread)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise httpx2.RemoteProtocolError(f"The upstream broke HTTP: {error}") from error
        if len(self.unread) > pieces:
            self.unread_bytes += len(data)
            self._overhead_bytes = 0
        if self._overhead_bytes > MAX_OVERHEAD_BYTES and not self.is_complete:
            raise httpx2.RemoteProtocolError("The upstream's headers are too large.")

    def feed_end(self) -> None:
        """Take the end of the connection: a body of unstated length ends with it.

        Raises:
            httpx2.RemoteProtocolError: something is missing.
        """
        if not self.has_head:
            raise httpx2.RemoteProtocolError("The upstream closed the connection unanswered.")
        stated = (b"content-length", b"transfer-encoding")
        if any(name in stated for name, _ in self.headers) and not self.is_complete:
            raise httpx2.RemoteProtocolError("The upstream cut its answer.")
        self.is_complete = True

    def take(self) -> bytes:
        """Return the body's bytes since the last call, if any."""
        body = self.unread[0] if len(self.unread) == 1 else b"".join(self.unread)
        self.unread.clear()
        self.unread_bytes = 0
        return body

    def on_message_begin(self) -> None:
        """Refuse an answer to no request: the connection cannot be trusted any more."""
        if self.is_complete:
            raise httptools.HttpParserError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, its name in lower case; trailers are left out."""
        if not self.has_head:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Keep the status; an interim answer (1xx) is only a step on the way."""
        status = self._parser.get_status_code()
        if status < 200:  # noqa: PLR2004
            self.headers.clear()
        else:
            self.status = status
            self.has_head = True

    def on_message_complete(self) -> None:
        """Note the end, unless the answer was interim."""
        if self.has_head:
            self.is_complete = True
            self.keeps_alive = self._parser.should_keep_alive()
