import asyncio

import httpx2
import pytest

from tests.support.raw_upstream import OK_HEAD, RawConnection, raw_upstream
from tests.unit.services.providers.transport.sending import open_client, post


class Answers:
    """Gives each request its answer, byte for byte, on however many connections."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = iter(answers)

    async def __call__(self, connection: RawConnection) -> None:
        while True:
            await connection.read_request()
            await connection.send(next(self._answers))


OK = OK_HEAD + b"Content-Length: 2\r\n\r\nok"


async def test_interim_answers_are_skipped() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    async with raw_upstream(Answers(interim + OK)) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url))
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "link" not in answer.headers


async def test_a_switch_of_protocols_is_a_protocol_error() -> None:
    switch = b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"
    async with raw_upstream(Answers(switch)) as upstream, open_client() as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.send(post(upstream.url))


async def test_an_answer_cut_into_single_bytes_is_put_together() -> None:
    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        for number in range(len(OK)):
            await connection.send(OK[number : number + 1])
            await asyncio.sleep(0)

    async with raw_upstream(handle) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url))
    assert answer.content == b"ok"


@pytest.mark.parametrize("status", [204, 304])
async def test_an_answer_that_has_no_body_ends_at_its_head(status: int) -> None:
    bare = b"HTTP/1.1 %d X\r\nContent-Length: 5\r\n\r\n" % status
    async with raw_upstream(Answers(bare, OK)) as upstream, open_client() as client:
        assert (await client.send(post(upstream.url))).status_code == status
        assert (await client.send(post(upstream.url))).content == b"ok"
        assert len(upstream.connections) == 1


async def test_trailers_are_dropped_and_the_connection_is_kept() -> None:
    chunked = OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n"
    async with raw_upstream(Answers(chunked, OK)) as upstream, open_client() as client:
        answer = await client.send(post(upstream.url))
        assert answer.content == b"hi"
        assert "x-sum" not in answer.headers
        await client.send(post(upstream.url))
        assert len(upstream.connections) == 1


async def test_trailers_without_end_are_a_protocol_error() -> None:
    endless = (
        OK_HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: " + b"1" * 200_000
    )
    async with raw_upstream(Answers(endless)) as upstream, open_client() as client:
        with pytest.raises(httpx2.RemoteProtocolError, match="large"):
            await client.send(post(upstream.url))


async def test_a_connection_the_upstream_wants_closed_is_not_used_again() -> None:
    last = OK_HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\nok"
    async with raw_upstream(Answers(last, OK)) as upstream, open_client() as client:
        for _ in range(2):
            await client.send(post(upstream.url))
        assert len(upstream.connections) == 2


@pytest.mark.parametrize("rubbish", [OK, b"\0rubbish"])
async def test_bytes_after_an_answer_spoil_the_connection_but_not_the_answer(
    rubbish: bytes,
) -> None:
    async with raw_upstream(Answers(OK + rubbish, OK)) as upstream, open_client() as client:
        for _ in range(2):
            assert (await client.send(post(upstream.url))).content == b"ok"
        assert len(upstream.connections) == 2


async def test_an_answer_before_the_request_is_not_taken_for_its_answer() -> None:
    forge, forged = asyncio.Event(), asyncio.Event()

    async def handle(connection: RawConnection) -> None:
        await connection.read_request()
        await connection.answer(b"mine")
        await forge.wait()
        await connection.answer(b"forged")
        forged.set()
        await connection.wait_until_left()

    async with raw_upstream(handle) as upstream, open_client() as client:
        assert (await client.send(post(upstream.url))).content == b"mine"
        forge.set()
        await forged.wait()
        assert (await client.send(post(upstream.url))).content == b"mine"
        assert len(upstream.connections) == 2


async def test_contradicting_lengths_are_a_protocol_error() -> None:
    both = OK_HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    async with raw_upstream(Answers(both)) as upstream, open_client() as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            await client.send(post(upstream.url))
