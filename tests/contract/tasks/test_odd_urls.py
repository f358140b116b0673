"""Nothing odd in a URL reaches an upstream: paths as no client would write them."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.contract.upstream import Upstream

BODY = b'{"inputs": "A [MASK]"}'
ODD = [
    *("..", ".", "../..", "org/..", "org/.", "./x", "../x", "org/../../x", "../api/models/x"),
    *("org/%2e%2e", "%2e%2e%2fx", "org%2f..%2fx", "org/%252e%252e/x", "/etc/passwd", "//x"),
    *("org//x", "org/x/y/z", "org%2f%2fx", "org/x%00", "org/x%0d%0aA:b", "org/x%20y", "org%5cx"),
    *("org/x%23y", "org/%c3%a4", "org/%ff", "org/x:a:b", "org/x:", ":x", "a" * 300, "org/x%3fa=b"),
    *("http://else.where/x", "org/x@else.where", "org/x;a=b", "org/x,y", "org/x*", "", "%2f"),
]


def post(gateway_url: str, secret: str, path: str) -> tuple[int, bytes]:
    """Send a path as it is, and return the status and the body."""
    place = urlsplit(gateway_url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n"
        "Connection: close\r\n\r\n"
    )
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=10) as line:
        line.sendall(head.encode() + BODY)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("rest", ["", "/pipeline/fill-mask", "/v1/chat/completions"])
def test_an_odd_model_is_refused_and_never_sent(
    gateway_url: str, secret: str, upstream: Upstream, *, odd: str, rest: str
) -> None:
    before = _count(upstream)

    status, answer = post(gateway_url, secret, f"/hf-inference/models/{odd}{rest}")

    assert status in {400, 404, 405}, answer
    assert b'"error"' in answer
    assert _count(upstream) == before


def test_an_ordinary_one_is_answered(gateway_url: str, secret: str) -> None:
    for model in ("org/fill-mask", "org%2ffill-mask", "org%2Ffill%2dmask"):
        status, answer = post(gateway_url, secret, f"/hf-inference/models/{model}")
        assert (status, b"sequence" in answer) == (200, True)


def _count(upstream: Upstream) -> int:
    calls = upstream.client.get("/simulator/calls").json()["data"]
    return max((call["number"] for call in calls), default=0)
