"""Server-sent events, as bytes.

The format is the WHATWG's (https://html.spec.whatwg.org/multipage/server-sent-events.html): lines
end in LF, CR LF or CR, a blank line ends an event, lines that begin with a colon are comments.
"""

from typing import Final

MAX_EVENT_BYTES: Final = 1024 * 1024
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class EventTooLargeError(ValueError):
    """An event grew past its bound before its blank line came."""


class EventSplitter:
    """Cuts a byte stream into whole events, wherever the pieces of the stream begin and end.

    What comes out has LF line ends only and, apart from them, the very bytes that came in.
    """

    __slots__ = ("_at_start", "_held_cr", "_is_between", "_max_event_bytes", "_rest")

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        """Start with nothing; an event may hold at most `max_event_bytes`."""
        self._rest = b""
        self._at_start = True
        self._held_cr = False
        self._is_between = False  # two events, with nothing kept of what has come
        self._max_event_bytes = max_event_bytes

    def feed(self, data: bytes) -> bytes:
        r"""Return the events that are whole by now, each ended by ``\n\n``, or nothing.

        Raises:
            EventTooLargeError: what waits for its blank line is over the bound.
        """
        if self._is_between and data.endswith(b"\n\n") and b"\r" not in data:
            return data  # as nearly always
        if self._held_cr or b"\r" in data:
            data = self._with_line_feeds(data)
        buffer = self._rest + data if self._rest else data
        if self._at_start and len(buffer) >= len(_BYTE_ORDER_MARK):
            self._at_start = False
            buffer = buffer.removeprefix(_BYTE_ORDER_MARK)
        end = buffer.rfind(b"\n\n") + 2
        if end == 1:
            end = 0
        self._rest = buffer[end:]
        self._is_between = not (self._rest or self._held_cr or self._at_start)
        if len(self._rest) > self._max_event_bytes:
            raise EventTooLargeError(f"An event is over {self._max_event_bytes} bytes.")
        return buffer[:end]

    def close(self) -> bytes:
        r"""Return what is left as one last event: some servers forget the final blank line."""
        rest, self._rest = self._rest.strip(b"\n"), b""
        return rest + b"\n\n" if rest else b""

    def _with_line_feeds(self, data: bytes) -> bytes:
        # A CR at the very end may be half of a CR LF: it waits for the next piece.
        data = b"\r" + data if self._held_cr else data
        self._held_cr = data.endswith(b"\r")
        if self._held_cr:
            data = data[:-1]
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def parse_event(event: bytes) -> tuple[bytes, bytes]:
    """Return the name and the data of one event; both are empty for a comment."""
    name = b""
    data: list[bytes] = []
    for line in event.split(b"\n"):
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ")
    return name, b"\n".join(data)
