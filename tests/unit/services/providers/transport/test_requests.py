import asyncio
import socket
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.support.raw_upstream import RawConnection, RawRequest, raw_upstream
from tests.unit.services.providers.transport.sending import open_client, open_transport, post


class Recorder:
    """Answers every request and keeps what was asked."""

    def __init__(self, *head_lines: bytes) -> None:
        self.requests: list[RawRequest] = []
        self._head_lines = head_lines

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            self.requests.append(await connection.read_request())
            await connection.answer(b"done", *self._head_lines)


async def test_a_request_arrives_as_it_was_built_and_nothing_is_added() -> None:
    recorder = Recorder()
    async with raw_upstream(recorder) as upstream, open_client() as client:
        host = upstream.url.removeprefix("http://").encode()
        headers = [
            (b"Host", host),
            (b"X-Twice", b"one"),
            (b"X-Twice", b"two"),
            (b"Content-Length", b"2"),
        ]
        stream = httpx2.ByteStream(b"{}")
        url = upstream.url + "/v1/org%2Fmodel:fast?a=%20b"
        answer = await client.send(httpx2.Request("POST", url, headers=headers, stream=stream))
    assert answer.content == b"done"
    [request] = recorder.requests
    assert request.lines[0] == "POST /v1/org%2Fmodel:fast?a=%20b HTTP/1.1"
    assert request.headers == [
        ("host", host.decode()),
        ("x-twice", "one"),
        ("x-twice", "two"),
        ("content-length", "2"),
    ]
    assert request.body == b"{}"


async def test_a_body_of_many_megabytes_arrives_whole() -> None:
    recorder = Recorder()
    body = b"0123456789abcdef" * 1_300_000  # 20 MB: more than any buffer takes at once
    async with raw_upstream(recorder) as upstream, open_client() as client:
        await client.send(post(upstream.url, body))
    assert recorder.requests[0].body == body


async def test_a_streamed_body_arrives_in_chunks() -> None:
    recorder = Recorder()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    async with raw_upstream(recorder) as upstream, open_client() as client:
        await client.post(upstream.url, content=pieces())
    [request] = recorder.requests
    assert request.body == b"one two"
    coding = [value for name, value in request.headers if name == "transfer-encoding"]
    assert coding == ["chunked"]


async def test_a_streamed_body_goes_no_further_than_the_upstream_wants_it() -> None:
    async def refuse(connection: RawConnection) -> None:
        await connection.reader.readuntil(b"\r\n\r\n")
        await connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        await connection.wait_until_left()

    sent = 0  # of the body, whose rest must not be taken for a request: no line is used twice

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield bytes(65_536)
            await asyncio.sleep(0)

    async with raw_upstream(refuse) as upstream, open_client() as client:
        for _ in range(2):
            answer = await client.post(upstream.url, content=endless())
            assert answer.status_code == 413
        assert len(upstream.connections) == 2
    assert sent < 100_000_000


@pytest.mark.parametrize("value", [b"a\r\nX-Smuggled: 1", b"a\nb", b"a\rb", b"a\0b"])
async def test_a_line_break_in_a_header_is_refused_before_anything_is_sent(value: bytes) -> None:
    recorder = Recorder()
    async with raw_upstream(recorder) as upstream, open_client() as client:
        with pytest.raises(httpx2.LocalProtocolError):
            await client.send(post(upstream.url, headers=((b"X-Name", value),)))
    assert recorder.requests == []


async def test_redirects_are_answers_like_any_other() -> None:
    async def redirect(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.send(
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
        )

    async with raw_upstream(redirect) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url))
    assert answer.status_code == 307


async def test_the_transport_keeps_no_cookie() -> None:
    recorder = Recorder(b"Set-Cookie: who=somebody; Path=/")
    async with raw_upstream(recorder) as upstream, open_transport() as transport:
        for _ in range(2):
            await (await transport.handle_async_request(post(upstream.url))).aread()
    assert len(recorder.requests) == 2
    assert all(name != "cookie" for request in recorder.requests for name, _ in request.headers)


async def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    recorder = Recorder()
    async with raw_upstream(recorder) as upstream, open_client() as client:
        await client.send(post(upstream.url))
    assert len(recorder.requests) == 1


async def test_small_writes_leave_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    original = socket.socket.setsockopt

    def record(sock: socket.socket, level: int, option: int, value: int) -> None:
        seen.append((level, option))
        original(sock, level, option, value)

    async with raw_upstream(Recorder()) as upstream, open_client() as client:
        monkeypatch.setattr(socket.socket, "setsockopt", record)
        await client.send(post(upstream.url))
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY) in seen
